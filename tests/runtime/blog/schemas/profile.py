from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class ProfileCreate(CreateSchema):
    display_name: Annotated[wire.Text, Field(min_length=1, max_length=80)]
    bio: wire.Text | None = None
    born_on: wire.Date | None = None
    user_id: wire.UUID


class ProfileUpdate(UpdateSchema):
    display_name: Annotated[wire.Text, Field(min_length=1, max_length=80)] = absent()
    bio: wire.Text | None = absent()
    born_on: wire.Date | None = absent()
    user_id: wire.UUID = absent()


class ProfileRead(ReadSchema):
    id: wire.UUID
    display_name: wire.Text
    bio: wire.Text | None
    born_on: wire.Date | None
    user_id: wire.UUID
