from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class CommentCreate(CreateSchema):
    body: Annotated[wire.Text, Field(min_length=1, max_length=10000)]
    parent_id: wire.UUID | None = None
    post_id: wire.UUID
    user_id: wire.UUID


class CommentUpdate(UpdateSchema):
    body: Annotated[wire.Text, Field(min_length=1, max_length=10000)] = absent()
    parent_id: wire.UUID | None = absent()
    post_id: wire.UUID = absent()
    user_id: wire.UUID = absent()


class CommentRead(ReadSchema):
    id: wire.UUID
    body: wire.Text
    created_at: wire.DateTime
    parent_id: wire.UUID | None
    post_id: wire.UUID
    user_id: wire.UUID
