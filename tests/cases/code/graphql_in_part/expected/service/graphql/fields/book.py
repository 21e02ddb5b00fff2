from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from ...core.graphql.fields import many
from ...core.graphql.rows import Row, object_type
from ...endpoints.book import books
from ..inputs.review import ReviewOrder, ReviewWhere

if TYPE_CHECKING:
    from ..types.review import Review


@object_type
class BookFields(Row, resource=books):
    id: UUID
    title: str
    reviews: list[Annotated[Review, strawberry.lazy("..types.review")]] = many(
        ReviewWhere, ReviewOrder
    )
