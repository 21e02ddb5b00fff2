from __future__ import annotations

from typing import TYPE_CHECKING

from terapin.runtime.core.documents import Document, Stored, stored
from terapin.runtime.core.relations import Related, related

from ..sources import activity_store

if TYPE_CHECKING:
    from .activity import Activity


class Label(Document):
    """Has a key that clients choose, and stays as long as an activity has it."""

    __source__ = activity_store
    __collection__ = "labels"

    code: Stored[str] = stored(primary_key=True, max_length=20)
    name: Stored[str] = stored(max_length=60, unique=True)
    alias: Stored[str | None] = stored(max_length=60, unique=True)

    activities: Related[list[Activity]] = related("Activity", remote="label_code", many=True)
