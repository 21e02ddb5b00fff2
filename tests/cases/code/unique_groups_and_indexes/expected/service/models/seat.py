from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Double, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base


class Seat(Base):
    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("row", "number"),
        Index("ix_seats_price", "price", "id"),
        Index("ix_seats_price_row", "price", "row", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    row: Mapped[int]
    number: Mapped[int]
    price: Mapped[float] = mapped_column(Double)
    code: Mapped[str] = mapped_column(String(255), unique=True)
