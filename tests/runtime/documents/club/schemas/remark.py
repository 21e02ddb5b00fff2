from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class RemarkCreate(CreateSchema):
    text: wire.Text
    rating: Annotated[wire.Integer, Field(ge=1, le=5)] | None = None
    activity_id: wire.UUID
    member_id: wire.UUID | None = None
    parent_id: wire.UUID | None = None


class RemarkUpdate(UpdateSchema):
    text: wire.Text = absent()
    rating: Annotated[wire.Integer, Field(ge=1, le=5)] | None = absent()
    activity_id: wire.UUID = absent()
    member_id: wire.UUID | None = absent()
    parent_id: wire.UUID | None = absent()


class RemarkRead(ReadSchema):
    id: wire.UUID
    text: wire.Text
    rating: wire.Integer | None
    at: wire.DateTime
    activity_id: wire.UUID
    member_id: wire.UUID | None
    parent_id: wire.UUID | None
