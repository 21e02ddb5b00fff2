from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.award import Award
from ..schemas.award import AwardCreate, AwardRead, AwardUpdate
from ..services.award import AwardService

awards = Resource(
    service=AwardService,
    read=AwardRead,
    create=AwardCreate,
    update=AwardUpdate,
    relations=(Award.badge,),
)
router = crud_router(awards, prefix="/awards", tags=["awards"])
