from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base

if TYPE_CHECKING:
    from .loan import Loan


class Person(Base):
    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    borrowed: Mapped[list[Loan]] = relationship(
        foreign_keys="Loan.borrower_id",
        back_populates="borrower",
        passive_deletes="all",
        lazy="raise",
    )
    lent: Mapped[list[Loan]] = relationship(
        foreign_keys="Loan.lender_id", back_populates="lender", passive_deletes="all", lazy="raise"
    )
