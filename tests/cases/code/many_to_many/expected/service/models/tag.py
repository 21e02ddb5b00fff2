from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base
from . import join_tables

if TYPE_CHECKING:
    from .post import Post


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    posts: Mapped[list[Post]] = relationship(
        secondary=join_tables.post_tags, back_populates="tags", passive_deletes=True, lazy="raise"
    )
