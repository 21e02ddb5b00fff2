from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base
from ..core.relations import Reference, Related, related

if TYPE_CHECKING:
    from .visit import Visit


class Complaint(Base):
    __tablename__ = "complaints"
    __table_args__ = (Index("ix_complaints_visit_id", "visit_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    text: Mapped[str] = mapped_column(Text)
    visit_id: Mapped[UUID | None] = mapped_column(
        info={"reference": Reference("Visit", "id", on_delete="SET NULL")}
    )

    visit: ClassVar[Related[Visit | None]] = related("Visit", key="visit_id")
