from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import NotWritten
from ..models.post import Post


async def publish_post(
    session: AsyncSession, *, post_id: UUID, dry_run: bool, note: str | None
) -> Post:
    """Make it public"""
    raise NotWritten("publish_post")
