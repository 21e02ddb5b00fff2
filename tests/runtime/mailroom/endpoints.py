from __future__ import annotations

from terapin.runtime.core import wire
from terapin.runtime.core.crud import CrudService
from terapin.runtime.core.resource import Resource, Resources
from terapin.runtime.core.routes import crud_router
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent

from .models import Letter


class LetterCreate(CreateSchema):
    body: wire.Text


class LetterUpdate(UpdateSchema):
    body: wire.Text = absent()


class LetterRead(ReadSchema):
    id: wire.Integer
    body: wire.Text


class LetterService(CrudService[Letter, LetterCreate, LetterUpdate]):
    """Nothing of its own."""


letters = Resource(
    service=LetterService, read=LetterRead, create=LetterCreate, update=LetterUpdate, relations=()
)
routers = (crud_router(letters, prefix="/letters", tags=["letters"]),)
resources = Resources((letters,))
