from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base

if TYPE_CHECKING:
    from .author import Author


class Book(Base):
    __tablename__ = "books"
    __table_args__ = (Index("ix_books_writer_id", "writer_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    writer_id: Mapped[UUID | None] = mapped_column(ForeignKey("authors.id", ondelete="SET NULL"))

    writer: Mapped[Author | None] = relationship(back_populates="books", lazy="selectin")
