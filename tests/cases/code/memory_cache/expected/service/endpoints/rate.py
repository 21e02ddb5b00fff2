from __future__ import annotations

from ..caches import local
from ..core.resource import Resource
from ..core.routes import crud_router
from ..schemas.rate import RateCreate, RateRead, RateUpdate
from ..services.rate import RateService

rates = Resource(
    service=RateService,
    read=RateRead,
    create=RateCreate,
    update=RateUpdate,
    cache=local,
)
router = crud_router(rates, prefix="/rates", tags=["rates"])
