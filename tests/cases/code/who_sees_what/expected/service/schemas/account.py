from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class AccountCreate(CreateSchema):
    login: Annotated[wire.Text, Field(max_length=255)]
    password: Annotated[wire.Text, Field(max_length=255)]
    pin: Annotated[wire.Text, Field(max_length=255)] | None = None


class AccountUpdate(UpdateSchema):
    login: Annotated[wire.Text, Field(max_length=255)] = absent()
    password: Annotated[wire.Text, Field(max_length=255)] = absent()
    pin: Annotated[wire.Text, Field(max_length=255)] | None = absent()


class AccountRead(ReadSchema):
    id: wire.UUID
    login: wire.Text
    score: wire.Integer
