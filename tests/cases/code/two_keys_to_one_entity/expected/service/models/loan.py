from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.database import Base

if TYPE_CHECKING:
    from .person import Person


class Loan(Base):
    __tablename__ = "loans"
    __table_args__ = (
        Index("ix_loans_borrower_id", "borrower_id", "id"),
        Index("ix_loans_lender_id", "lender_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    lender_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))

    lender: Mapped[Person] = relationship(
        foreign_keys="Loan.lender_id", back_populates="lent", lazy="raise"
    )
    borrower: Mapped[Person] = relationship(
        foreign_keys="Loan.borrower_id", back_populates="borrowed", lazy="raise"
    )
