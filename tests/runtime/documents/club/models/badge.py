from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from terapin.runtime.core.relations import Related, related

from .base import Base

if TYPE_CHECKING:
    from .award import Award
    from .member import Member


class Badge(Base):
    """Goes with its member by PostgreSQL's own hand, and takes its awards in MongoDB with it."""

    __tablename__ = "badges"
    __table_args__ = (Index("ix_badges_member_id", "member_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(40))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))

    member: Mapped[Member] = relationship(back_populates="badges", lazy="raise")
    awards: ClassVar[Related[list[Award]]] = related("Award", remote="badge_id", many=True)
