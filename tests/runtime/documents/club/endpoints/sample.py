from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..schemas.sample import SampleCreate, SampleRead, SampleUpdate
from ..services.sample import SampleService

samples = Resource(
    service=SampleService,
    read=SampleRead,
    create=SampleCreate,
    update=SampleUpdate,
)
router = crud_router(samples, prefix="/samples", tags=["samples"])
