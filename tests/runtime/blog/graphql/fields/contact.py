from __future__ import annotations

from terapin.runtime.core.graphql.rows import Row, object_type

from ...endpoints.contact import contacts


@object_type
class ContactFields(Row, resource=contacts):
    id: int
    site: str
    phone: str | None
    currency: str
    country: str | None
    address: str | None
    color: str | None
    zone: str | None
