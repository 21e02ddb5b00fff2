from __future__ import annotations

from fastapi import APIRouter

from terapin.runtime.core import wire
from terapin.runtime.core.database import Session

from ..handlers import publish_post as handler
from ..schemas.post import PostRead

router = APIRouter(tags=["endpoints"])


@router.post("/posts/{post_id}/publish", operation_id="publish_post", summary="Make a draft public")
async def publish_post(
    session: Session, post_id: wire.UUID, on: wire.Date | None = None
) -> PostRead:
    """Make a draft public"""
    return PostRead.model_validate(await handler.publish_post(session, post_id=post_id, on=on))
