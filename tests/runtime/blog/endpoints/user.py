from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.user import User
from ..schemas.user import UserCreate, UserRead, UserUpdate
from ..services.user import UserService

users = Resource(
    service=UserService,
    read=UserRead,
    create=UserCreate,
    update=UserUpdate,
    relations=(User.profile, User.posts, User.comments),
)
router = crud_router(users, prefix="/users", tags=["users"])
