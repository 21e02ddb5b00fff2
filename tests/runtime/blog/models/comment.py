from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from terapin.runtime.core.database import Base

if TYPE_CHECKING:
    from .post import Post
    from .user import User


class Comment(Base):
    """A remark on an article, or a reply to another remark."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_created_at", "created_at", "id"),
        Index("ix_comments_post_id", "post_id", "id"),
        Index("ix_comments_user_id", "user_id", "id"),
        Index("ix_comments_parent_id", "parent_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))

    parent: Mapped[Comment | None] = relationship(
        back_populates="replies", remote_side="Comment.id", lazy="raise"
    )
    replies: Mapped[list[Comment]] = relationship(
        back_populates="parent", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    post: Mapped[Post] = relationship(back_populates="comments", lazy="raise")
    author: Mapped[User] = relationship(back_populates="comments", lazy="raise")
