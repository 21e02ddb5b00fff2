from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.profile import Profile
from ..schemas.profile import ProfileCreate, ProfileRead, ProfileUpdate
from ..services.profile import ProfileService

profiles = Resource(
    service=ProfileService,
    read=ProfileRead,
    create=ProfileCreate,
    update=ProfileUpdate,
    relations=(Profile.user,),
)
router = crud_router(profiles, prefix="/profiles", tags=["profiles"])
