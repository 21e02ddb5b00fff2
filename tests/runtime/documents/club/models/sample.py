from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from terapin.runtime.core import domain_types, wire
from terapin.runtime.core.documents import Document, Stored, stored

from ..sources import activity_store


class Sample(Document):
    """A field of every type, and names that a query string or Python reserves."""

    __source__ = activity_store
    __collection__ = "samples"

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    limit: Stored[int | None] = stored()
    class_: Stored[str | None] = stored("class")
    big: Stored[int | None] = stored()
    ratio: Stored[float | None] = stored()
    amount: Stored[Decimal | None] = stored(precision=30, scale=10)
    flag: Stored[bool | None] = stored()
    day: Stored[dt.date | None] = stored()
    at: Stored[dt.time | None] = stored()
    moment: Stored[dt.datetime | None] = stored()
    span: Stored[dt.timedelta | None] = stored()
    data: Stored[bytes | None] = stored()
    tree: Stored[Any] = stored()
    email: Stored[wire.Email | None] = stored()
    site: Stored[domain_types.URL] = stored()
    phone: Stored[domain_types.Phone | None] = stored()
    currency: Stored[domain_types.Currency] = stored(default="EUR")
    country: Stored[domain_types.Country | None] = stored()
    address: Stored[domain_types.IPAddress | None] = stored()
    color: Stored[domain_types.Color | None] = stored()
    zone: Stored[domain_types.Timezone | None] = stored()
