from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from terapin.runtime.core.documents import Document, Stored, now, stored
from terapin.runtime.core.relations import Reference, Related, related

from ..sources import activity_store

if TYPE_CHECKING:
    from .activity import Activity
    from .member import Member


class Remark(Document):
    """A tree of documents, below documents; whoever wrote one may have left."""

    __source__ = activity_store
    __collection__ = "remarks"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    text: Stored[str] = stored()
    rating: Stored[int | None] = stored()
    at: Stored[dt.datetime] = stored(default=now)
    activity_id: Stored[UUID] = stored(
        references=Reference("Activity", "id", on_delete="CASCADE"), index=True
    )
    member_id: Stored[UUID | None] = stored(
        references=Reference("Member", "id", on_delete="SET NULL"), index=True
    )
    parent_id: Stored[UUID | None] = stored(
        references=Reference("Remark", "id", on_delete="CASCADE"), index=True
    )

    activity: Related[Activity] = related("Activity", key="activity_id")
    member: Related[Member | None] = related("Member", key="member_id")
    parent: Related[Remark | None] = related("Remark", key="parent_id")
    replies: Related[list[Remark]] = related("Remark", remote="parent_id", many=True)
