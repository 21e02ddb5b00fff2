from __future__ import annotations

from uuid import UUID

from ..core.realtime.incoming import Incoming, RefusedError
from ..messages.said import SaidPayload
from ..schemas.comment import CommentCreate
from ..services.comment import CommentService


async def said(message: Incoming[SaidPayload]) -> SaidPayload | None:
    """Keeps it as a comment of whoever says it, who may do no more here than by `POST /comments`."""
    text = message.payload.text.strip()
    if not text:
        raise RefusedError("there is nothing in it")
    author = UUID(message.subject.id)
    async with message.session() as session:
        comment = await CommentService(session).create(
            CommentCreate(body=text, post_id=UUID(message.room), user_id=author)
        )
    return SaidPayload(
        text=text,
        ref=message.payload.ref,
        comment_id=comment.id,
        user_id=author,
        at=comment.created_at,
    )
