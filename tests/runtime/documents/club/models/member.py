from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy_utils import EmailType

from terapin.runtime.core.relations import Related, related

from .base import Base

if TYPE_CHECKING:
    from .activity import Activity
    from .badge import Badge
    from .card import Card
    from .remark import Remark


class Member(Base):
    """In PostgreSQL, with relationships to both."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(EmailType, unique=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())

    badges: Mapped[list[Badge]] = relationship(
        back_populates="member", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    activities: ClassVar[Related[list[Activity]]] = related(
        "Activity", remote="member_id", many=True, order_by="-at"
    )
    card: ClassVar[Related[Card | None]] = related("Card", remote="member_id")
    remarks: ClassVar[Related[list[Remark]]] = related("Remark", remote="member_id", many=True)
