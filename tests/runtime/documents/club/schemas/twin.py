from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import domain_types, wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class TwinCreate(CreateSchema):
    limit: wire.Integer | None = None
    class_: Annotated[wire.Text | None, Field(alias="class")] = None
    big: wire.BigInteger | None = None
    ratio: wire.Float | None = None
    amount: Annotated[wire.Decimal, Field(max_digits=30, decimal_places=10)] | None = None
    flag: wire.Boolean | None = None
    day: wire.Date | None = None
    at: wire.Time | None = None
    moment: wire.DateTime | None = None
    span: wire.Interval | None = None
    site: domain_types.URL | None = None
    tree: wire.JSON | None = None


class TwinUpdate(UpdateSchema):
    limit: wire.Integer | None = absent()
    class_: Annotated[wire.Text | None, Field(alias="class")] = absent()
    big: wire.BigInteger | None = absent()
    ratio: wire.Float | None = absent()
    amount: Annotated[wire.Decimal, Field(max_digits=30, decimal_places=10)] | None = absent()
    flag: wire.Boolean | None = absent()
    day: wire.Date | None = absent()
    at: wire.Time | None = absent()
    moment: wire.DateTime | None = absent()
    span: wire.Interval | None = absent()
    site: domain_types.URL | None = absent()
    tree: wire.JSON | None = absent()


class TwinRead(ReadSchema):
    id: wire.UUID
    limit: wire.Integer | None
    class_: Annotated[wire.Text | None, Field(serialization_alias="class")]
    big: wire.BigInteger | None
    ratio: wire.Float | None
    amount: wire.Decimal | None
    flag: wire.Boolean | None
    day: wire.Date | None
    at: wire.Time | None
    moment: wire.DateTime | None
    span: wire.Interval | None
    site: domain_types.URL | None
    tree: wire.JSON | None
