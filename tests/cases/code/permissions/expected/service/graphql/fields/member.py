from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from ...core.graphql.fields import many
from ...core.graphql.rows import Row, object_type
from ...endpoints.member import members
from ..inputs.article import ArticleOrder, ArticleWhere

if TYPE_CHECKING:
    from ..types.article import Article


@object_type
class MemberFields(Row, resource=members):
    id: UUID
    e_mail: str | None
    trusted: bool
    note: str | None
    articles: list[Annotated[Article, strawberry.lazy("..types.article")]] = many(
        ArticleWhere, ArticleOrder
    )
