from __future__ import annotations

from terapin.runtime.core.documents import DocumentService

from ..models.remark import Remark
from ..schemas.remark import RemarkCreate, RemarkUpdate


class RemarkService(DocumentService[Remark, RemarkCreate, RemarkUpdate]):
    """Override query, get, list, create, update or delete."""
