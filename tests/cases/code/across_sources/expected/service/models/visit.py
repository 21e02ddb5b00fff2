from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from ..core.documents import Document, Stored, now, stored
from ..core.relations import Reference, Related, related
from ..sources import events

if TYPE_CHECKING:
    from .complaint import Complaint
    from .user import User


class Visit(Document):
    __source__ = events
    __collection__ = "visits"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    at: Stored[dt.datetime] = stored(default=now)
    user_id: Stored[UUID] = stored(
        index=True, references=Reference("User", "id", on_delete="CASCADE")
    )

    user: Related[User] = related("User", key="user_id")
    complaints: Related[list[Complaint]] = related("Complaint", remote="visit_id", many=True)
