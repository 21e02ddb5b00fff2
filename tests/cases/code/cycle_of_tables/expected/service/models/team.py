from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base

if TYPE_CHECKING:
    from .player import Player


class Team(Base):
    __tablename__ = "teams"
    __table_args__ = (Index("ix_teams_captain_id", "captain_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    captain_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("players.id", ondelete="RESTRICT", use_alter=True)
    )

    members: Mapped[list[Player]] = relationship(
        foreign_keys="Player.team_id", back_populates="team", passive_deletes="all", lazy="raise"
    )
    captain: Mapped[Player | None] = relationship(
        foreign_keys="Team.captain_id", back_populates="captain_of", lazy="raise"
    )
