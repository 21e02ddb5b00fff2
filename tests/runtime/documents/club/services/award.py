from __future__ import annotations

from terapin.runtime.core.documents import DocumentService

from ..models.award import Award
from ..schemas.award import AwardCreate, AwardUpdate


class AwardService(DocumentService[Award, AwardCreate, AwardUpdate]):
    """Override query, get, list, create, update or delete."""
