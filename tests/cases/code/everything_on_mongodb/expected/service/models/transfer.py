from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from ..core.documents import Document, Stored, stored
from ..core.relations import Reference, Related, related
from ..sources import archive

if TYPE_CHECKING:
    from .category import Category


class Transfer(Document):
    __source__ = archive
    __collection__ = "transfers"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    on: Stored[dt.date] = stored()
    source_code: Stored[str] = stored(
        index=True, max_length=20, references=Reference("Category", "code", on_delete="RESTRICT")
    )
    target_code: Stored[str] = stored(
        index=True, max_length=20, references=Reference("Category", "code", on_delete="RESTRICT")
    )

    source: Related[Category] = related("Category", key="source_code")
    target: Related[Category] = related("Category", key="target_code")
