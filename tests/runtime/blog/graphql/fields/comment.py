from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from terapin.runtime.core.graphql.fields import many, one
from terapin.runtime.core.graphql.rows import Row, object_type

from ...endpoints.comment import comments
from ..inputs.comment import CommentOrder, CommentWhere

if TYPE_CHECKING:
    from ..types.comment import Comment
    from ..types.post import Post
    from ..types.user import User


@object_type
class CommentFields(Row, resource=comments):
    id: UUID
    body: str
    created_at: dt.datetime
    parent_id: UUID | None
    post_id: UUID
    user_id: UUID
    parent: Annotated[Comment, strawberry.lazy("..types.comment")] | None = one()
    replies: list[Annotated[Comment, strawberry.lazy("..types.comment")]] = many(
        CommentWhere, CommentOrder
    )
    post: Annotated[Post, strawberry.lazy("..types.post")] | None = one()
    author: Annotated[User, strawberry.lazy("..types.user")] | None = one()
