from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from terapin.runtime.core.documents import Document, Stored, stored, today
from terapin.runtime.core.relations import Reference, Related, related

from ..sources import activity_store

if TYPE_CHECKING:
    from .badge import Badge


class Award(Document):
    __source__ = activity_store
    __collection__ = "awards"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    badge_id: Stored[UUID] = stored(
        references=Reference("Badge", "id", on_delete="CASCADE"), index=True
    )
    given_on: Stored[dt.date] = stored(default=today)

    badge: Related[Badge] = related("Badge", key="badge_id")
