from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class SpecimenCreate(CreateSchema):
    limit: wire.Integer | None = None
    class_: Annotated[wire.Text | None, Field(alias="class")] = None
    big: wire.BigInteger | None = None
    ratio: wire.Float | None = None
    amount: Annotated[wire.Decimal, Field(max_digits=30, decimal_places=10)] | None = None
    flag: wire.Boolean | None = None
    at: wire.Time | None = None
    moment: wire.DateTime | None = None
    span: wire.Interval | None = None
    data: wire.Binary | None = None
    tree: wire.JSON
    other_id: wire.BigInteger | None = None


class SpecimenUpdate(UpdateSchema):
    limit: wire.Integer | None = absent()
    class_: Annotated[wire.Text | None, Field(alias="class")] = absent()
    big: wire.BigInteger | None = absent()
    ratio: wire.Float | None = absent()
    amount: Annotated[wire.Decimal, Field(max_digits=30, decimal_places=10)] | None = absent()
    flag: wire.Boolean | None = absent()
    at: wire.Time | None = absent()
    moment: wire.DateTime | None = absent()
    span: wire.Interval | None = absent()
    data: wire.Binary | None = absent()
    tree: wire.JSON = absent()
    other_id: wire.BigInteger | None = absent()


class SpecimenRead(ReadSchema):
    id: wire.BigInteger
    limit: wire.Integer | None
    class_: Annotated[wire.Text | None, Field(serialization_alias="class")]
    big: wire.BigInteger | None
    ratio: wire.Float | None
    amount: wire.Decimal | None
    flag: wire.Boolean | None
    at: wire.Time | None
    moment: wire.DateTime | None
    span: wire.Interval | None
    data: wire.Binary | None
    tree: wire.JSON
    other_id: wire.BigInteger | None
