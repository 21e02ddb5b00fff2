from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class UserCreate(CreateSchema):
    email: wire.Email
    username: Annotated[wire.Text, Field(min_length=3, max_length=32, pattern="^[a-z0-9_]+$")]
    password_hash: Annotated[wire.Text, Field(max_length=255)]
    is_active: wire.Boolean = True


class UserUpdate(UpdateSchema):
    email: wire.Email = absent()
    username: Annotated[wire.Text, Field(min_length=3, max_length=32, pattern="^[a-z0-9_]+$")] = (
        absent()
    )
    password_hash: Annotated[wire.Text, Field(max_length=255)] = absent()
    is_active: wire.Boolean = absent()


class UserRead(ReadSchema):
    id: wire.UUID
    email: wire.Email
    username: wire.Text
    is_active: wire.Boolean
    created_at: wire.DateTime
