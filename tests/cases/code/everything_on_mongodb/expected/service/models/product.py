from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from ..core.documents import Document, Index, Stored, stored
from ..core.relations import Reference, Related, related
from ..sources import shop

if TYPE_CHECKING:
    from .category import Category


class Product(Document):
    __source__ = shop
    __collection__ = "products"
    __indexes__ = (Index("category_code", "title"),)

    id: Stored[UUID] = stored(primary_key=True, default=uuid4)
    title: Stored[str] = stored(max_length=255)
    category_code: Stored[str] = stored(
        max_length=20, references=Reference("Category", "code", on_delete="CASCADE")
    )
    price: Stored[Decimal] = stored(precision=12, scale=2)

    category: Related[Category] = related("Category", key="category_code")
