from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Identity, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from terapin.runtime.core.database import Base


class Specimen(Base):
    """A field of every type, names that a query string reserves, and a key that cannot be deleted while in use."""

    __tablename__ = "specimens"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    limit: Mapped[int | None]
    class_: Mapped[str | None] = mapped_column("class", Text)
    big: Mapped[int | None] = mapped_column(BigInteger)
    ratio: Mapped[float | None] = mapped_column(Double)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(30, 10))
    flag: Mapped[bool | None]
    at: Mapped[dt.time | None]
    moment: Mapped[dt.datetime | None]
    span: Mapped[dt.timedelta | None]
    data: Mapped[bytes | None]
    tree: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=False)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("specimens.id", ondelete="RESTRICT"))
