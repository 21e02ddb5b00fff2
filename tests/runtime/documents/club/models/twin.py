from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from furl import furl
from sqlalchemy import BigInteger, Double, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_utils import URLType

from .base import Base


class Twin(Base):
    """In PostgreSQL, what a Sample is in MongoDB: the same requests are answered alike."""

    __tablename__ = "twins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    limit: Mapped[int | None]
    class_: Mapped[str | None] = mapped_column("class", Text(collation="C"))
    big: Mapped[int | None] = mapped_column(BigInteger)
    ratio: Mapped[float | None] = mapped_column(Double)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(30, 10))
    flag: Mapped[bool | None]
    day: Mapped[dt.date | None]
    at: Mapped[dt.time | None]
    moment: Mapped[dt.datetime | None]
    span: Mapped[dt.timedelta | None]
    site: Mapped[furl | None] = mapped_column(URLType)
    tree: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
