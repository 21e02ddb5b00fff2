from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent

from ..models.post import PostStatus


class PostCreate(CreateSchema):
    title: Annotated[wire.Text, Field(min_length=1, max_length=200)]
    slug: Annotated[wire.Text, Field(max_length=200, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    body: wire.Text
    status: PostStatus = PostStatus.DRAFT
    price: Annotated[
        wire.Decimal,
        Field(description="What reading it costs", max_digits=10, decimal_places=2, ge=0),
    ] = Decimal("0.00")
    published_on: wire.Date | None = None
    meta: wire.JSON | None = None
    user_id: wire.UUID


class PostUpdate(UpdateSchema):
    title: Annotated[wire.Text, Field(min_length=1, max_length=200)] = absent()
    slug: Annotated[wire.Text, Field(max_length=200, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")] = absent()
    body: wire.Text = absent()
    status: PostStatus = absent()
    price: Annotated[
        wire.Decimal,
        Field(description="What reading it costs", max_digits=10, decimal_places=2, ge=0),
    ] = absent()
    published_on: wire.Date | None = absent()
    meta: wire.JSON | None = absent()
    user_id: wire.UUID = absent()


class PostRead(ReadSchema):
    id: wire.UUID
    title: wire.Text
    slug: wire.Text
    body: wire.Text
    status: PostStatus
    price: Annotated[wire.Decimal, Field(description="What reading it costs")]
    published_on: wire.Date | None
    meta: wire.JSON | None
    created_at: wire.DateTime
    user_id: wire.UUID
