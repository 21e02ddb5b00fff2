from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.ticket import Ticket
from ..schemas.ticket import TicketCreate, TicketUpdate


class TicketService(CrudService[Ticket, TicketCreate, TicketUpdate]):
    """Override query, get, list, create, update or delete."""
