from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.profile import Profile
from ..schemas.profile import ProfileCreate, ProfileUpdate


class ProfileService(CrudService[Profile, ProfileCreate, ProfileUpdate]):
    """Override query, get, list, create, update or delete."""
