from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base

if TYPE_CHECKING:
    from .team import Team


class Player(Base):
    __tablename__ = "players"
    __table_args__ = (Index("ix_players_team_id", "team_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))

    captain_of: Mapped[list[Team]] = relationship(
        foreign_keys="Team.captain_id",
        back_populates="captain",
        passive_deletes="all",
        lazy="raise",
    )
    team: Mapped[Team] = relationship(
        foreign_keys="Player.team_id", back_populates="members", lazy="raise"
    )
