from __future__ import annotations

from ..caches import fast as fast_
from ..core.resource import Resource
from ..core.routes import crud_router
from ..schemas.country import CountryCreate, CountryRead, CountryUpdate
from ..services.country import CountryService

fast = Resource(
    service=CountryService,
    read=CountryRead,
    create=CountryCreate,
    update=CountryUpdate,
    cache=fast_,
)
router = crud_router(fast, prefix="/fast", tags=["fast"])
