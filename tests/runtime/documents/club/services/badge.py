from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.badge import Badge
from ..schemas.badge import BadgeCreate, BadgeUpdate


class BadgeService(CrudService[Badge, BadgeCreate, BadgeUpdate]):
    """Override query, get, list, create, update or delete."""
