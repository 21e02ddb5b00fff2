from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from ...core import wire
from ...core.database import Session
from ...core.schemas import CreateSchema
from ...handlers import declared_ as handler

router = APIRouter(tags=["endpoints"])


class DeclaredBody(CreateSchema):
    tags: wire.JSON = Field(default_factory=lambda: [])
    mail: wire.Email


@router.post("/declare", operation_id="declared", status_code=204)
async def declared_(session: Session, body: DeclaredBody) -> None:
    await handler.declared_(session, tags=body.tags, mail=body.mail)
