from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ...core import wire
from ...core.database import Session
from ...core.schemas import CreateSchema
from ...handlers import publish_post as handler
from ...schemas.post import PostRead

router = APIRouter(tags=["endpoints"])


class PublishPostBody(CreateSchema):
    note: wire.Text | None = None


@router.post("/posts/{post_id}/publish", operation_id="publishPost", summary="Make it public")
async def publish_post(
    session: Session,
    post_id: wire.UUID,
    body: PublishPostBody,
    dry_run: Annotated[wire.Boolean, Query(alias="dry-run")] = False,
) -> PostRead:
    """Make it public"""
    return PostRead.model_validate(
        await handler.publish_post(session, post_id=post_id, dry_run=dry_run, note=body.note)
    )
