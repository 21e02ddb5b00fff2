from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base
from . import join_tables


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    friends: Mapped[list[User]] = relationship(
        secondary=join_tables.user_friends,
        primaryjoin=lambda: User.id == join_tables.user_friends.c["user_id"],
        secondaryjoin=lambda: User.id == join_tables.user_friends.c["other_user_id"],
        back_populates="friend_of",
        passive_deletes=True,
        lazy="raise",
    )
    friend_of: Mapped[list[User]] = relationship(
        secondary=join_tables.user_friends,
        primaryjoin=lambda: User.id == join_tables.user_friends.c["other_user_id"],
        secondaryjoin=lambda: User.id == join_tables.user_friends.c["user_id"],
        back_populates="friends",
        passive_deletes=True,
        lazy="raise",
    )
