from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class BadgeCreate(CreateSchema):
    title: Annotated[wire.Text, Field(max_length=40)]
    member_id: wire.UUID


class BadgeUpdate(UpdateSchema):
    title: Annotated[wire.Text, Field(max_length=40)] = absent()
    member_id: wire.UUID = absent()


class BadgeRead(ReadSchema):
    id: wire.UUID
    title: wire.Text
    member_id: wire.UUID
