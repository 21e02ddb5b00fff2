from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from ..core import domain_types, wire
from ..core.documents import Document, Index, Stored, Unique, now, stored, time_of_day, today
from ..sources import log as log_


class EntryLevel(StrEnum):
    INFO = "info"
    ERROR = "error"


class Entry(Document):
    """What happened."""

    __source__ = log_
    __collection__ = "entries"
    __indexes__ = (
        Index("level", "at"),
        Unique("source", "number"),
    )

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    source: Stored[str] = stored(max_length=80)
    number: Stored[int] = stored()
    level: Stored[EntryLevel] = stored(default=EntryLevel.INFO)
    at: Stored[dt.datetime] = stored(default=now)
    day: Stored[dt.date] = stored(default=today)
    clock: Stored[dt.time] = stored(default=time_of_day)
    took: Stored[dt.timedelta | None] = stored()
    text: Stored[str | None] = stored()
    class_: Stored[str | None] = stored("class", max_length=255)
    share: Stored[float] = stored(default=0.5)
    cost: Stored[Decimal] = stored(index=True, precision=10, scale=2)
    urgent: Stored[bool] = stored(default=False)
    details: Stored[Any] = stored(default=lambda: {"seen": []})
    raw: Stored[bytes | None] = stored()
    mail: Stored[wire.Email | None] = stored(unique=True)
    link: Stored[domain_types.URL | None] = stored()
    log: Stored[str] = stored(max_length=255, default="none")
