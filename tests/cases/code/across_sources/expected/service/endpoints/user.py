from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.user import User
from ..schemas.user import UserCreate, UserRead, UserUpdate
from ..services.user import UserService

users = Resource(
    service=UserService,
    read=UserRead,
    create=UserCreate,
    update=UserUpdate,
    relations=(User.visits, User.profile),
)
router = crud_router(users, prefix="/users", tags=["users"])
