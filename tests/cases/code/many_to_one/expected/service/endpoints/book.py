from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.book import Book
from ..schemas.book import BookCreate, BookRead, BookUpdate
from ..services.book import BookService

books = Resource(
    service=BookService,
    read=BookRead,
    create=BookCreate,
    update=BookUpdate,
    relations=(Book.writer,),
    embed=(Book.writer,),
)
router = crud_router(books, prefix="/books", tags=["books"])
