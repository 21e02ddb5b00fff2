from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base


class TextEntity(Base):
    """Ends with a quote \""""

    __tablename__ = "texts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_: Mapped[str] = mapped_column("class", String(255))
    metadata_: Mapped[Any | None] = mapped_column(
        "metadata", JSONB(none_as_null=True), nullable=True
    )
    bug_database: Mapped[str | None] = mapped_column(String(255))
