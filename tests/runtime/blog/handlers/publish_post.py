from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..models.post import Post, PostStatus
from ..services.post import PostService


async def publish_post(session: AsyncSession, *, post_id: UUID, on: dt.date | None) -> Post:
    """Make a draft public"""
    post = await PostService(session).get(post_id)
    post.status = PostStatus.PUBLISHED
    post.published_on = on or dt.datetime.now(dt.UTC).date()
    return post
