from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base
from . import join_tables

if TYPE_CHECKING:
    from .tag import Tag


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    tags: Mapped[list[Tag]] = relationship(
        secondary=join_tables.post_tags, back_populates="posts", passive_deletes=True, lazy="raise"
    )
