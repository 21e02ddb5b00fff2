from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base


class Comment(Base):
    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_parent_id", "parent_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id", ondelete="RESTRICT"))

    replies: Mapped[list[Comment]] = relationship(
        back_populates="parent", passive_deletes="all", lazy="raise"
    )
    parent: Mapped[Comment | None] = relationship(
        remote_side="Comment.id", back_populates="replies", lazy="raise"
    )
