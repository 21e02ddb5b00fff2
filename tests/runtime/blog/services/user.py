from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.user import User
from ..schemas.user import UserCreate, UserUpdate


class UserService(CrudService[User, UserCreate, UserUpdate]):
    """Override query, get, list, create, update or delete."""
