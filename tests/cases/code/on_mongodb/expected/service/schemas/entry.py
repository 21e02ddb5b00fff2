from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import domain_types, wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent
from ..models.entry import EntryLevel


class EntryCreate(CreateSchema):
    source: Annotated[wire.Text, Field(max_length=80)]
    number: wire.BigInteger
    level: EntryLevel = EntryLevel.INFO
    at: wire.DateTime = absent()
    day: wire.Date = absent()
    clock: wire.Time = absent()
    took: wire.Interval | None = None
    text: wire.Text | None = None
    class_: Annotated[Annotated[wire.Text, Field(max_length=255)] | None, Field(alias="class")] = (
        None
    )
    share: wire.Float = 0.5
    cost: Annotated[wire.Decimal, Field(max_digits=10, decimal_places=2)]
    urgent: wire.Boolean = False
    details: wire.JSON = Field(default_factory=lambda: {"seen": []})
    raw: wire.Binary | None = None
    mail: wire.Email | None = None
    link: domain_types.URL | None = None
    log: Annotated[wire.Text, Field(max_length=255)] = "none"


class EntryUpdate(UpdateSchema):
    source: Annotated[wire.Text, Field(max_length=80)] = absent()
    number: wire.BigInteger = absent()
    level: EntryLevel = absent()
    at: wire.DateTime = absent()
    day: wire.Date = absent()
    clock: wire.Time = absent()
    took: wire.Interval | None = absent()
    text: wire.Text | None = absent()
    class_: Annotated[Annotated[wire.Text, Field(max_length=255)] | None, Field(alias="class")] = (
        absent()
    )
    share: wire.Float = absent()
    cost: Annotated[wire.Decimal, Field(max_digits=10, decimal_places=2)] = absent()
    urgent: wire.Boolean = absent()
    details: wire.JSON = absent()
    raw: wire.Binary | None = absent()
    mail: wire.Email | None = absent()
    link: domain_types.URL | None = absent()
    log: Annotated[wire.Text, Field(max_length=255)] = absent()


class EntryRead(ReadSchema):
    id: wire.UUID
    source: wire.Text
    number: wire.BigInteger
    level: EntryLevel
    at: wire.DateTime
    day: wire.Date
    clock: wire.Time
    took: wire.Interval | None
    text: wire.Text | None
    class_: Annotated[wire.Text | None, Field(serialization_alias="class")]
    share: wire.Float
    cost: wire.Decimal
    urgent: wire.Boolean
    details: wire.JSON
    raw: wire.Binary | None
    mail: wire.Email | None
    link: domain_types.URL | None
    log: wire.Text
