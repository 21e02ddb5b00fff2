from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.tag import Tag
from ..schemas.tag import TagCreate, TagRead, TagUpdate
from ..services.tag import TagService

tags = Resource(
    service=TagService,
    read=TagRead,
    create=TagCreate,
    update=TagUpdate,
    relations=(Tag.posts,),
)
router = crud_router(tags, prefix="/tags", tags=["tags"])
