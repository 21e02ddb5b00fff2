from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from terapin.runtime.core.graphql.fields import many
from terapin.runtime.core.graphql.rows import Row, object_type

from ...endpoints.tag import tags
from ..inputs.post import PostOrder, PostWhere

if TYPE_CHECKING:
    from ..types.post import Post


@object_type
class TagFields(Row, resource=tags):
    id: int
    name: str
    posts: list[Annotated[Post, strawberry.lazy("..types.post")]] = many(PostWhere, PostOrder)
