from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class LabelCreate(CreateSchema):
    code: Annotated[wire.Text, Field(max_length=20)]
    name: Annotated[wire.Text, Field(max_length=60)]
    alias: Annotated[wire.Text, Field(max_length=60)] | None = None


class LabelUpdate(UpdateSchema):
    name: Annotated[wire.Text, Field(max_length=60)] = absent()
    alias: Annotated[wire.Text, Field(max_length=60)] | None = absent()


class LabelRead(ReadSchema):
    code: wire.Text
    name: wire.Text
    alias: wire.Text | None
