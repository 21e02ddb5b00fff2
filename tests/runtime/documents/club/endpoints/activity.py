from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.activity import Activity
from ..schemas.activity import ActivityCreate, ActivityRead, ActivityUpdate
from ..services.activity import ActivityService

activities = Resource(
    service=ActivityService,
    read=ActivityRead,
    create=ActivityCreate,
    update=ActivityUpdate,
    relations=(
        Activity.member,
        Activity.label,
        Activity.remarks,
        Activity.tickets,
    ),
    embed=(Activity.label,),
)
router = crud_router(activities, prefix="/activities", tags=["activities"])
