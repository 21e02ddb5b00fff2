from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.documents import Document, Stored, stored
from ..core.relations import Reference, Related, related
from ..sources import shop

if TYPE_CHECKING:
    from .product import Product
    from .transfer import Transfer


class Category(Document):
    __source__ = shop
    __collection__ = "categories"

    code: Stored[str] = stored(primary_key=True, max_length=20)
    title: Stored[str] = stored(unique=True, max_length=255)
    parent_code: Stored[str | None] = stored(
        index=True, max_length=20, references=Reference("Category", "code", on_delete="SET NULL")
    )

    products: Related[list[Product]] = related(
        "Product", remote="category_code", many=True, order_by=("title", "-price")
    )
    children: Related[list[Category]] = related("Category", remote="parent_code", many=True)
    parent: Related[Category | None] = related("Category", key="parent_code")
    outgoing: Related[list[Transfer]] = related("Transfer", remote="source_code", many=True)
    incoming: Related[list[Transfer]] = related("Transfer", remote="target_code", many=True)
