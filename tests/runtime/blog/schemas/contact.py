from __future__ import annotations

from terapin.runtime.core import domain_types, wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class ContactCreate(CreateSchema):
    site: domain_types.URL
    phone: domain_types.Phone | None = None
    currency: domain_types.Currency = "EUR"
    country: domain_types.Country | None = None
    address: domain_types.IPAddress | None = None
    color: domain_types.Color | None = None
    zone: domain_types.Timezone | None = None


class ContactUpdate(UpdateSchema):
    site: domain_types.URL = absent()
    phone: domain_types.Phone | None = absent()
    currency: domain_types.Currency = absent()
    country: domain_types.Country | None = absent()
    address: domain_types.IPAddress | None = absent()
    color: domain_types.Color | None = absent()
    zone: domain_types.Timezone | None = absent()


class ContactRead(ReadSchema):
    id: wire.Integer
    site: domain_types.URL
    phone: domain_types.Phone | None
    currency: domain_types.Currency
    country: domain_types.Country | None
    address: domain_types.IPAddress | None
    color: domain_types.Color | None
    zone: domain_types.Timezone | None
