from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class TagCreate(CreateSchema):
    name: Annotated[wire.Text, Field(max_length=50)]


class TagUpdate(UpdateSchema):
    name: Annotated[wire.Text, Field(max_length=50)] = absent()


class TagRead(ReadSchema):
    id: wire.Integer
    name: wire.Text
