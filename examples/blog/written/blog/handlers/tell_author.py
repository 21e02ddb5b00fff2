from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ..core.tasks.running import Run
from ..models.comment import Comment
from ..models.post import Post
from ..models.user import User
from ..tasks import send_email
from ..tasks.tell_author import TellAuthorParameters


async def tell_author(run: Run, parameters: TellAuthorParameters) -> None:
    """Tells the author of an article that there is a new comment"""
    reader, author = aliased(User), aliased(User)
    found = (
        select(author.email, Post.title, reader.username, Comment.body)
        .join_from(Comment, Post, Comment.post_id == Post.id)
        .join(reader, Comment.user_id == reader.id)
        .join(author, Post.user_id == author.id)
        .where(Comment.id == parameters.comment_id, author.is_active, author.id != reader.id)
    )

    async def tell(session: AsyncSession) -> None:
        for row in await session.execute(found):
            await send_email.enqueue(
                recipient=row.email,
                subject=f"{row.username} on {row.title}",
                body=row.body,
            )

    await run.once("told", tell)
