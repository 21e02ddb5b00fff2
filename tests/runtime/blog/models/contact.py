from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from zoneinfo import ZoneInfo

from colour import Color
from furl import furl
from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_utils import (
    ColorType,
    Country,
    CountryType,
    Currency,
    CurrencyType,
    IPAddressType,
    PhoneNumber,
    PhoneNumberType,
    TimezoneType,
    URLType,
)

from terapin.runtime.core.database import Base


class Contact(Base):
    """A field of every type of SQLAlchemy-Utils."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    site: Mapped[furl] = mapped_column(URLType)
    phone: Mapped[PhoneNumber | None] = mapped_column(PhoneNumberType())
    currency: Mapped[Currency] = mapped_column(CurrencyType, default="EUR")
    country: Mapped[Country | None] = mapped_column(CountryType)
    address: Mapped[IPv4Address | IPv6Address | None] = mapped_column(IPAddressType)
    color: Mapped[Color | None] = mapped_column(ColorType)
    zone: Mapped[ZoneInfo | None] = mapped_column(TimezoneType(backend="zoneinfo"))
