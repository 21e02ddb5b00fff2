from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.member import Member
from ..schemas.member import MemberCreate, MemberRead, MemberUpdate
from ..services.member import MemberService

members = Resource(
    service=MemberService,
    read=MemberRead,
    create=MemberCreate,
    update=MemberUpdate,
    relations=(
        Member.badges,
        Member.activities,
        Member.card,
        Member.remarks,
    ),
    names={Member.activities: "log"},
)
router = crud_router(members, prefix="/members", tags=["members"])
