from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Identity, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from terapin.runtime.core.database import Base

from . import join_tables

if TYPE_CHECKING:
    from .post import Post


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)

    posts: Mapped[list[Post]] = relationship(
        secondary=join_tables.post_tags, back_populates="tags", passive_deletes=True, lazy="raise"
    )
