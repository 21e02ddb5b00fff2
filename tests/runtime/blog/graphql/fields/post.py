from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from terapin.runtime.core.graphql.fields import many, one
from terapin.runtime.core.graphql.rows import Row, object_type

from ...endpoints.post import posts
from ...models.post import PostStatus
from ..inputs.comment import CommentOrder, CommentWhere
from ..inputs.tag import TagOrder, TagWhere

if TYPE_CHECKING:
    from ..types.comment import Comment
    from ..types.tag import Tag
    from ..types.user import User


@object_type
class PostFields(Row, resource=posts):
    id: UUID
    title: str
    slug: str
    body: str
    status: PostStatus
    price: Decimal
    published_on: dt.date | None
    meta: JSON | None
    created_at: dt.datetime
    user_id: UUID
    author: Annotated[User, strawberry.lazy("..types.user")] | None = one()
    comments: list[Annotated[Comment, strawberry.lazy("..types.comment")]] = many(
        CommentWhere, CommentOrder
    )
    tags: list[Annotated[Tag, strawberry.lazy("..types.tag")]] = many(TagWhere, TagOrder)
