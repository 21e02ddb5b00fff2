"""Entities on MongoDB."""

from .document import Document, Index, Unique
from .expressions import Filter
from .preparing import CannotPrepareError, prepare
from .service import DocumentService
from .stored import Stored, now, stored, time_of_day, today

__all__ = [
    "CannotPrepareError",
    "Document",
    "DocumentService",
    "Filter",
    "Index",
    "Stored",
    "Unique",
    "now",
    "prepare",
    "stored",
    "time_of_day",
    "today",
]
