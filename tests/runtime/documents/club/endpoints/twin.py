from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..schemas.twin import TwinCreate, TwinRead, TwinUpdate
from ..services.twin import TwinService

twins = Resource(
    service=TwinService,
    read=TwinRead,
    create=TwinCreate,
    update=TwinUpdate,
)
router = crud_router(twins, prefix="/twins", tags=["twins"])
