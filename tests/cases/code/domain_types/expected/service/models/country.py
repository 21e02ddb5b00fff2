from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy_utils
from colour import Color as RGB
from furl import furl
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base
from . import join_tables


class Country(Base):
    __tablename__ = "countries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[sqlalchemy_utils.Country] = mapped_column(sqlalchemy_utils.CountryType)
    currency: Mapped[sqlalchemy_utils.Currency] = mapped_column(
        sqlalchemy_utils.CurrencyType, default="EUR"
    )
    furl_: Mapped[furl | None] = mapped_column("furl", sqlalchemy_utils.URLType)
    colour: Mapped[RGB | None] = mapped_column(sqlalchemy_utils.ColorType)
    phone: Mapped[sqlalchemy_utils.PhoneNumber] = mapped_column(sqlalchemy_utils.PhoneNumberType())
    address: Mapped[IPv4Address | IPv6Address] = mapped_column(sqlalchemy_utils.IPAddressType)
    zone: Mapped[ZoneInfo] = mapped_column(sqlalchemy_utils.TimezoneType(backend="zoneinfo"))
    email: Mapped[str] = mapped_column(sqlalchemy_utils.EmailType)

    neighbours: Mapped[list[Country]] = relationship(
        secondary=join_tables.country_neighbours,
        primaryjoin=lambda: Country.id == join_tables.country_neighbours.c["country_id"],
        secondaryjoin=lambda: Country.id == join_tables.country_neighbours.c["other_country_id"],
        back_populates="join_tables_",
        passive_deletes=True,
        lazy="raise",
    )
    join_tables_: Mapped[list[Country]] = relationship(
        secondary=join_tables.country_neighbours,
        primaryjoin=lambda: Country.id == join_tables.country_neighbours.c["other_country_id"],
        secondaryjoin=lambda: Country.id == join_tables.country_neighbours.c["country_id"],
        back_populates="neighbours",
        passive_deletes=True,
        lazy="raise",
    )
