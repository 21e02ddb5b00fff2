from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from ..core.documents import Document, Stored, stored
from ..core.relations import Reference, Related, related
from ..sources import events

if TYPE_CHECKING:
    from .user import User


class Profile(Document):
    __source__ = events
    __collection__ = "profiles"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    likes: Stored[Any] = stored()
    user_id: Stored[UUID] = stored(
        unique=True, references=Reference("User", "id", on_delete="RESTRICT")
    )

    user: Related[User] = related("User", key="user_id")
