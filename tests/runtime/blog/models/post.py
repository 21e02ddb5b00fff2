from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from terapin.runtime.core.database import Base, text_enum

from . import join_tables

if TYPE_CHECKING:
    from .comment import Comment
    from .tag import Tag
    from .user import User


class PostStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Post(Base):
    """An article."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("user_id", "slug"),
        Index("ix_posts_published_on", "published_on", "id"),
        Index("ix_posts_created_at", "created_at", "id"),
        Index("ix_posts_user_id", "user_id", "id"),
        Index("ix_posts_status_published_on", "status", "published_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[PostStatus] = mapped_column(text_enum(PostStatus), default=PostStatus.DRAFT)
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal("0.00"))
    published_on: Mapped[dt.date | None]
    meta: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True), nullable=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))

    author: Mapped[User] = relationship(back_populates="posts", lazy="raise")
    comments: Mapped[list[Comment]] = relationship(
        back_populates="post", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    tags: Mapped[list[Tag]] = relationship(
        secondary=join_tables.post_tags,
        back_populates="posts",
        passive_deletes=True,
        lazy="selectin",
    )
