from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import domain_types, wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class SampleCreate(CreateSchema):
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
    data: wire.Binary | None = None
    tree: wire.JSON
    email: wire.Email | None = None
    site: domain_types.URL
    phone: domain_types.Phone | None = None
    currency: domain_types.Currency = "EUR"
    country: domain_types.Country | None = None
    address: domain_types.IPAddress | None = None
    color: domain_types.Color | None = None
    zone: domain_types.Timezone | None = None


class SampleUpdate(UpdateSchema):
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
    data: wire.Binary | None = absent()
    tree: wire.JSON = absent()
    email: wire.Email | None = absent()
    site: domain_types.URL = absent()
    phone: domain_types.Phone | None = absent()
    currency: domain_types.Currency = absent()
    country: domain_types.Country | None = absent()
    address: domain_types.IPAddress | None = absent()
    color: domain_types.Color | None = absent()
    zone: domain_types.Timezone | None = absent()


class SampleRead(ReadSchema):
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
    data: wire.Binary | None
    tree: wire.JSON
    email: wire.Email | None
    site: domain_types.URL
    phone: domain_types.Phone | None
    currency: domain_types.Currency
    country: domain_types.Country | None
    address: domain_types.IPAddress | None
    color: domain_types.Color | None
    zone: domain_types.Timezone | None
