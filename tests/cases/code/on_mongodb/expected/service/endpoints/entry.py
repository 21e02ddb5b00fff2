from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..schemas.entry import EntryCreate, EntryRead, EntryUpdate
from ..services.entry import EntryService

entries = Resource(
    service=EntryService,
    read=EntryRead,
    create=EntryCreate,
    update=EntryUpdate,
)
router = crud_router(entries, prefix="/entries", tags=["entries"])
