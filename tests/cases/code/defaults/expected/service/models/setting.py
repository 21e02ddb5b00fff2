from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Double, Numeric, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..core.database import Base


class Setting(Base):
    __tablename__ = "settings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(255), default='it\'s "so"')
    count: Mapped[int] = mapped_column(default=3)
    share: Mapped[float] = mapped_column(Double, default=0.5)
    price: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal("1.50"))
    on: Mapped[bool] = mapped_column(default=True)
    since: Mapped[dt.date] = mapped_column(default=dt.date(2026, 1, 31))
    at: Mapped[dt.time] = mapped_column(default=dt.time(9, 30))
    moment: Mapped[dt.datetime] = mapped_column(
        default=dt.datetime(2026, 1, 31, 9, 0, tzinfo=dt.UTC)
    )
    made: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    span: Mapped[dt.timedelta] = mapped_column(default=dt.timedelta(days=1, seconds=7200))
    data: Mapped[Any] = mapped_column(
        JSONB(none_as_null=True), nullable=False, default=lambda: {"a": [1, None]}
    )
