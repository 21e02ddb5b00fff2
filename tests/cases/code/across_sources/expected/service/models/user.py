from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base
from ..core.relations import Related, related

if TYPE_CHECKING:
    from .profile import Profile
    from .visit import Visit


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(255))

    visits: ClassVar[Related[list[Visit]]] = related(
        "Visit", remote="user_id", many=True, order_by="-at"
    )
    profile: ClassVar[Related[Profile | None]] = related("Profile", remote="user_id")
