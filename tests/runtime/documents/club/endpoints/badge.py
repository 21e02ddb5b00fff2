from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.badge import Badge
from ..schemas.badge import BadgeCreate, BadgeRead, BadgeUpdate
from ..services.badge import BadgeService

badges = Resource(
    service=BadgeService,
    read=BadgeRead,
    create=BadgeCreate,
    update=BadgeUpdate,
    relations=(
        Badge.member,
        Badge.awards,
    ),
)
router = crud_router(badges, prefix="/badges", tags=["badges"])
