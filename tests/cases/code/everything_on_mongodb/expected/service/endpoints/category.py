from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.category import Category
from ..schemas.category import CategoryCreate, CategoryRead, CategoryUpdate
from ..services.category import CategoryService

categories = Resource(
    service=CategoryService,
    read=CategoryRead,
    create=CategoryCreate,
    update=CategoryUpdate,
    relations=(
        Category.products,
        Category.children,
        Category.parent,
        Category.outgoing,
        Category.incoming,
    ),
)
router = crud_router(categories, prefix="/categories", tags=["categories"])
