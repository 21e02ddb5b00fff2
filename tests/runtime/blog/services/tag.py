from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.tag import Tag
from ..schemas.tag import TagCreate, TagUpdate


class TagService(CrudService[Tag, TagCreate, TagUpdate]):
    """Override query, get, list, create, update or delete."""
