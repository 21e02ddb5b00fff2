from __future__ import annotations

from ..core.documents import DocumentService
from ..models.entry import Entry
from ..schemas.entry import EntryCreate, EntryUpdate


class EntryService(DocumentService[Entry, EntryCreate, EntryUpdate]):
    """Override query, get, list, create, update or delete."""
