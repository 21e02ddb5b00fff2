from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.remark import Remark
from ..schemas.remark import RemarkCreate, RemarkRead, RemarkUpdate
from ..services.remark import RemarkService

remarks = Resource(
    service=RemarkService,
    read=RemarkRead,
    create=RemarkCreate,
    update=RemarkUpdate,
    relations=(
        Remark.activity,
        Remark.member,
        Remark.parent,
        Remark.replies,
    ),
)
router = crud_router(remarks, prefix="/remarks", tags=["remarks"])
