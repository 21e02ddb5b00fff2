from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from terapin.runtime.core.documents import Document, Index, Stored, Unique, now, stored
from terapin.runtime.core.relations import Reference, Related, related

from ..sources import activity_store

if TYPE_CHECKING:
    from .label import Label
    from .member import Member
    from .remark import Remark
    from .ticket import Ticket


class ActivityKind(StrEnum):
    RUN = "run"
    SWIM = "swim"
    REST = "rest"


class Activity(Document):
    """What a member did."""

    __source__ = activity_store
    __collection__ = "activities"
    __indexes__ = (Unique("member_id", "slug"), Index("kind", "at"))

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    member_id: Stored[UUID] = stored(
        references=Reference("Member", "id", on_delete="CASCADE"), index=True
    )
    label_code: Stored[str | None] = stored(
        references=Reference("Label", "code", on_delete="RESTRICT"), index=True, max_length=20
    )
    slug: Stored[str | None] = stored(max_length=40)
    kind: Stored[ActivityKind] = stored(default=ActivityKind.RUN)
    note: Stored[str | None] = stored()
    cost: Stored[Decimal] = stored(default=Decimal("0.00"), precision=10, scale=2)
    score: Stored[int | None] = stored()
    meta: Stored[Any | None] = stored()
    at: Stored[dt.datetime] = stored(default=now)

    member: Related[Member] = related("Member", key="member_id")
    label: Related[Label | None] = related("Label", key="label_code")
    remarks: Related[list[Remark]] = related(
        "Remark", remote="activity_id", many=True, order_by=("rating", "-at")
    )
    tickets: Related[list[Ticket]] = related("Ticket", remote="activity_id", many=True)
