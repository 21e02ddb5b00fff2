from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.card import Card
from ..schemas.card import CardCreate, CardRead, CardUpdate
from ..services.card import CardService

cards = Resource(
    service=CardService,
    read=CardRead,
    create=CardCreate,
    update=CardUpdate,
    relations=(Card.member,),
)
router = crud_router(cards, prefix="/cards", tags=["cards"])
