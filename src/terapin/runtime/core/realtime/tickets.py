"""Tickets: what a page sends with a handshake in the place of a token."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel

from ..security.subject import AuthenticatedSubject
from .hub import Hub

PATH = "/ws/tickets"


class TicketRead(BaseModel):
    """Good for one socket, once."""

    ticket: str
    expires_in: int


def install_tickets(app: FastAPI) -> None:
    router = APIRouter(tags=["realtime"])

    @router.post(
        PATH,
        status_code=201,
        operation_id="create_ticket",
        summary="Get a ticket for a WebSocket",
    )
    async def create(request: Request, subject: AuthenticatedSubject) -> TicketRead:
        """The subprotocol of the socket is then `ticket.TICKET`."""
        hub: Hub = request.app.state.realtime
        assert hub.guard
        ticket, seconds = secrets.token_urlsafe(32), hub.settings.ticket_seconds
        await hub.bus.keep(ticket, hub.guard.packed(subject), seconds)
        return TicketRead(ticket=ticket, expires_in=seconds)

    app.include_router(router)
