from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.visit import Visit
from ..schemas.visit import VisitCreate, VisitRead, VisitUpdate
from ..services.visit import VisitService

visits = Resource(
    service=VisitService,
    read=VisitRead,
    create=VisitCreate,
    update=VisitUpdate,
    relations=(Visit.user, Visit.complaints),
    embed=(Visit.complaints,),
)
router = crud_router(visits, prefix="/visits", tags=["visits"])
