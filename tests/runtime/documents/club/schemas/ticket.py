from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class TicketCreate(CreateSchema):
    subject: Annotated[wire.Text, Field(max_length=80)]
    activity_id: wire.UUID
    label_code: Annotated[wire.Text, Field(max_length=20)] | None = None
    badge_id: wire.UUID | None = None
    upgraded_id: wire.UUID | None = None


class TicketUpdate(UpdateSchema):
    subject: Annotated[wire.Text, Field(max_length=80)] = absent()
    activity_id: wire.UUID = absent()
    label_code: Annotated[wire.Text, Field(max_length=20)] | None = absent()
    badge_id: wire.UUID | None = absent()
    upgraded_id: wire.UUID | None = absent()


class TicketRead(ReadSchema):
    id: wire.UUID
    subject: wire.Text
    activity_id: wire.UUID
    label_code: wire.Text | None
    badge_id: wire.UUID | None
    upgraded_id: wire.UUID | None
