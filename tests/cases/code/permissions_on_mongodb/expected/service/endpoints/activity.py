from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.activity import Activity
from ..policies.activity import ActivityPolicy
from ..schemas.activity import ActivityCreate, ActivityRead, ActivityUpdate
from ..services.activity import ActivityService

activities = Resource(
    service=ActivityService,
    read=ActivityRead,
    create=ActivityCreate,
    update=ActivityUpdate,
    relations=(Activity.member,),
    policy=ActivityPolicy,
)
router = crud_router(activities, prefix="/activities", tags=["activities"])
