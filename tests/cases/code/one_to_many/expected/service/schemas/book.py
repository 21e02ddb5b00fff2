from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class BookCreate(CreateSchema):
    title: Annotated[wire.Text, Field(max_length=255)]
    author_id: wire.UUID


class BookUpdate(UpdateSchema):
    title: Annotated[wire.Text, Field(max_length=255)] = absent()
    author_id: wire.UUID = absent()


class BookRead(ReadSchema):
    id: wire.UUID
    title: wire.Text
    author_id: wire.UUID
