from __future__ import annotations

from ..caches import fast
from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.author import Author
from ..schemas.author import AuthorCreate, AuthorRead, AuthorUpdate
from ..services.author import AuthorService

authors = Resource(
    service=AuthorService,
    read=AuthorRead,
    create=AuthorCreate,
    update=AuthorUpdate,
    relations=(Author.papers,),
    embed=(Author.papers,),
    cache=fast,
)
router = crud_router(authors, prefix="/authors", tags=["authors"])
