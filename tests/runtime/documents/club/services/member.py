from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.member import Member
from ..schemas.member import MemberCreate, MemberUpdate


class MemberService(CrudService[Member, MemberCreate, MemberUpdate]):
    """Override query, get, list, create, update or delete."""
