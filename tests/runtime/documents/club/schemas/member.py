from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class MemberCreate(CreateSchema):
    email: wire.Email
    name: Annotated[wire.Text, Field(max_length=80)]


class MemberUpdate(UpdateSchema):
    email: wire.Email = absent()
    name: Annotated[wire.Text, Field(max_length=80)] = absent()


class MemberRead(ReadSchema):
    id: wire.UUID
    email: wire.Email
    name: wire.Text
    created_at: wire.DateTime
