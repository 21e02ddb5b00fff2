from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent

from ..models.activity import ActivityKind


class ActivityCreate(CreateSchema):
    member_id: wire.UUID
    label_code: Annotated[wire.Text, Field(max_length=20)] | None = None
    slug: Annotated[wire.Text, Field(max_length=40)] | None = None
    kind: ActivityKind = ActivityKind.RUN
    note: wire.Text | None = None
    cost: Annotated[wire.Decimal, Field(max_digits=10, decimal_places=2, ge=0)] = Decimal("0.00")
    score: wire.Integer | None = None
    meta: wire.JSON | None = None
    at: wire.DateTime = absent()


class ActivityUpdate(UpdateSchema):
    member_id: wire.UUID = absent()
    label_code: Annotated[wire.Text, Field(max_length=20)] | None = absent()
    slug: Annotated[wire.Text, Field(max_length=40)] | None = absent()
    kind: ActivityKind = absent()
    note: wire.Text | None = absent()
    cost: Annotated[wire.Decimal, Field(max_digits=10, decimal_places=2, ge=0)] = absent()
    score: wire.Integer | None = absent()
    meta: wire.JSON | None = absent()
    at: wire.DateTime = absent()


class ActivityRead(ReadSchema):
    id: wire.UUID
    member_id: wire.UUID
    label_code: wire.Text | None
    slug: wire.Text | None
    kind: ActivityKind
    note: wire.Text | None
    cost: wire.Decimal
    score: wire.Integer | None
    meta: wire.JSON | None
    at: wire.DateTime
