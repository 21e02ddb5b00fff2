from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.twin import Twin
from ..schemas.twin import TwinCreate, TwinUpdate


class TwinService(CrudService[Twin, TwinCreate, TwinUpdate]):
    """Override query, get, list, create, update or delete."""
