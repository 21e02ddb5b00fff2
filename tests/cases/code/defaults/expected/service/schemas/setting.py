from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class SettingCreate(CreateSchema):
    name: Annotated[wire.Text, Field(max_length=255)] = 'it\'s "so"'
    count: wire.Integer = 3
    share: wire.Float = 0.5
    price: Annotated[wire.Decimal, Field(max_digits=6, decimal_places=2)] = Decimal("1.50")
    on: wire.Boolean = True
    since: wire.Date = dt.date(2026, 1, 31)
    at: wire.Time = dt.time(9, 30)
    moment: wire.DateTime = dt.datetime(2026, 1, 31, 9, 0, tzinfo=dt.UTC)
    made: wire.DateTime = absent()
    span: wire.Interval = dt.timedelta(days=1, seconds=7200)
    data: wire.JSON = Field(default_factory=lambda: {"a": [1, None]})


class SettingUpdate(UpdateSchema):
    name: Annotated[wire.Text, Field(max_length=255)] = absent()
    count: wire.Integer = absent()
    share: wire.Float = absent()
    price: Annotated[wire.Decimal, Field(max_digits=6, decimal_places=2)] = absent()
    on: wire.Boolean = absent()
    since: wire.Date = absent()
    at: wire.Time = absent()
    moment: wire.DateTime = absent()
    made: wire.DateTime = absent()
    span: wire.Interval = absent()
    data: wire.JSON = absent()


class SettingRead(ReadSchema):
    id: wire.UUID
    name: wire.Text
    count: wire.Integer
    share: wire.Float
    price: wire.Decimal
    on: wire.Boolean
    since: wire.Date
    at: wire.Time
    moment: wire.DateTime
    made: wire.DateTime
    span: wire.Interval
    data: wire.JSON
