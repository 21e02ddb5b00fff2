from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from terapin.runtime.core.documents import Document, Stored, stored
from terapin.runtime.core.relations import Reference, Related, related

from ..sources import activity_store

if TYPE_CHECKING:
    from .member import Member


class Card(Document):
    """One for each member."""

    __source__ = activity_store
    __collection__ = "cards"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    number: Stored[int] = stored(unique=True)
    pin_hash: Stored[str] = stored(max_length=120)
    member_id: Stored[UUID] = stored(
        references=Reference("Member", "id", on_delete="CASCADE"), unique=True
    )

    member: Related[Member] = related("Member", key="member_id")
