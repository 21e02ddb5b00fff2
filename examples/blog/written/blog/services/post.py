from __future__ import annotations

from uuid import UUID

from ..core.crud import CrudService
from ..core.database import session_of
from ..core.sources.manager import current_sources
from ..models.post import Post
from ..schemas.post import PostCreate, PostUpdate


class PostService(CrudService[Post, PostCreate, PostUpdate]):
    """Override query, get, list, create, update or delete."""


async def is_readable(name: str) -> bool:
    """Whether whoever asks may read the article of this key, as it is spelled in answers: a room has one name."""
    try:
        key = UUID(name)
    except ValueError:
        return False
    async with session_of(current_sources()) as session:
        readable = PostService(session).readable().with_only_columns(Post.id)
        return str(await session.scalar(readable.where(Post.id == key))) == name
