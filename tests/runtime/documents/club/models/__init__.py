from .activity import Activity
from .award import Award
from .badge import Badge
from .base import Base
from .card import Card
from .label import Label
from .member import Member
from .remark import Remark
from .sample import Sample
from .ticket import Ticket
from .twin import Twin

__all__ = [
    "Activity",
    "Award",
    "Badge",
    "Base",
    "Card",
    "Label",
    "Member",
    "Remark",
    "Sample",
    "Ticket",
    "Twin",
]
