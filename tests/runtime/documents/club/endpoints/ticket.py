from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.ticket import Ticket
from ..schemas.ticket import TicketCreate, TicketRead, TicketUpdate
from ..services.ticket import TicketService

tickets = Resource(
    service=TicketService,
    read=TicketRead,
    create=TicketCreate,
    update=TicketUpdate,
    relations=(
        Ticket.activity,
        Ticket.label,
    ),
)
router = crud_router(tickets, prefix="/tickets", tags=["tickets"])
