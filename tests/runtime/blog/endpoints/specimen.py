from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..schemas.specimen import SpecimenCreate, SpecimenRead, SpecimenUpdate
from ..services.specimen import SpecimenService

specimens = Resource(
    service=SpecimenService,
    read=SpecimenRead,
    create=SpecimenCreate,
    update=SpecimenUpdate,
)
router = crud_router(specimens, prefix="/specimens", tags=["specimens"])
