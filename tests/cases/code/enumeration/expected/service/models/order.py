from __future__ import annotations

from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base, text_enum


class OrderState(StrEnum):
    NEW = "new"
    IN_TRANSIT = "in-transit"
    VALUE_2ND_TRY = "2nd try"


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    state: Mapped[OrderState] = mapped_column(text_enum(OrderState), default=OrderState.IN_TRANSIT)
