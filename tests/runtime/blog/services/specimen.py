from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.specimen import Specimen
from ..schemas.specimen import SpecimenCreate, SpecimenUpdate


class SpecimenService(CrudService[Specimen, SpecimenCreate, SpecimenUpdate]):
    """Override query, get, list, create, update or delete."""
