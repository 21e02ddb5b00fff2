from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from terapin.runtime.core.relations import Reference, Related, related

from .base import Base

if TYPE_CHECKING:
    from .activity import Activity
    from .label import Label


class Ticket(Base):
    """A row of PostgreSQL that refers to documents."""

    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_activity_id", "activity_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    subject: Mapped[str] = mapped_column(String(80))
    activity_id: Mapped[UUID] = mapped_column(
        info={"reference": Reference("Activity", "id", on_delete="CASCADE")}
    )
    label_code: Mapped[str | None] = mapped_column(
        String(20), info={"reference": Reference("Label", "code", on_delete="SET NULL")}
    )

    badge_id: Mapped[UUID | None] = mapped_column(ForeignKey("badges.id", ondelete="SET NULL"))
    upgraded_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))

    activity: ClassVar[Related[Activity]] = related("Activity", key="activity_id")
    label: ClassVar[Related[Label | None]] = related("Label", key="label_code")
