from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from ..core.database import Base

user_friends = Table(
    "user_friends",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("other_user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_user_friends_other_user_id", "other_user_id", "user_id"),
)
