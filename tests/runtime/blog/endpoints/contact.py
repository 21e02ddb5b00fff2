from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..schemas.contact import ContactCreate, ContactRead, ContactUpdate
from ..services.contact import ContactService

contacts = Resource(
    service=ContactService,
    read=ContactRead,
    create=ContactCreate,
    update=ContactUpdate,
)
router = crud_router(contacts, prefix="/contacts", tags=["contacts"])
