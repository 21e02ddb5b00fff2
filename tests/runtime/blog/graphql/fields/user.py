from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from terapin.runtime.core.graphql.fields import many, one
from terapin.runtime.core.graphql.rows import Row, object_type

from ...endpoints.user import users
from ..inputs.comment import CommentOrder, CommentWhere
from ..inputs.post import PostOrder, PostWhere

if TYPE_CHECKING:
    from ..types.comment import Comment
    from ..types.post import Post
    from ..types.profile import Profile


@object_type
class UserFields(Row, resource=users):
    id: UUID
    email: str
    username: str
    is_active: bool
    created_at: dt.datetime
    profile: Annotated[Profile, strawberry.lazy("..types.profile")] | None = one()
    posts: list[Annotated[Post, strawberry.lazy("..types.post")]] = many(PostWhere, PostOrder)
    comments: list[Annotated[Comment, strawberry.lazy("..types.comment")]] = many(
        CommentWhere, CommentOrder
    )
