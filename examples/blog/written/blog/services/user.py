from __future__ import annotations

from uuid import UUID

from ..core.crud import CrudService
from ..core.database import session_of
from ..core.realtime.subjects import Subject
from ..core.sources.manager import current_sources
from ..models.user import User
from ..schemas.user import UserCreate, UserUpdate


class UserService(CrudService[User, UserCreate, UserUpdate]):
    """Override query, get, list, create, update or delete."""


async def is_user(subject: Subject) -> bool:
    """And not a machine, or somebody who has left."""
    try:
        key = UUID(subject.id or "")
    except ValueError:
        return False
    async with session_of(current_sources()) as session:
        user = await session.get(User, key)
    return user is not None and user.is_active
