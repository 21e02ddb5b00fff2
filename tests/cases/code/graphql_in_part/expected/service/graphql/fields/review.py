from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from ...core.graphql.fields import one
from ...core.graphql.rows import Row, object_type
from ...endpoints.review import reviews

if TYPE_CHECKING:
    from ..types.book import Book


@object_type
class ReviewFields(Row, resource=reviews):
    id: UUID
    stars: int
    book_id: UUID
    book: Annotated[Book, strawberry.lazy("..types.book")] | None = one()
