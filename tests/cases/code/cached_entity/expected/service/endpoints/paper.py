from __future__ import annotations

from ..caches import slow
from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.paper import Paper
from ..schemas.paper import PaperCreate, PaperRead, PaperUpdate
from ..services.paper import PaperService

papers = Resource(
    service=PaperService,
    read=PaperRead,
    create=PaperCreate,
    update=PaperUpdate,
    relations=(Paper.author,),
    cache=slow,
)
router = crud_router(papers, prefix="/papers", tags=["papers"])
