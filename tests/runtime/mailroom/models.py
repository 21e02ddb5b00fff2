from __future__ import annotations

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from terapin.runtime.core.database import Base


class Letter(Base):
    """What tasks leave behind, and what triggers one."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    body: Mapped[str]
