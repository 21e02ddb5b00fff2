from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base


class Routers(Base):
    __tablename__ = "routers"
    __table_args__ = (UniqueConstraint("id", "xmin_"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    xmin: Mapped[int] = mapped_column("xmin_", unique=True)
