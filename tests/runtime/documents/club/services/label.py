from __future__ import annotations

from terapin.runtime.core.documents import DocumentService

from ..models.label import Label
from ..schemas.label import LabelCreate, LabelUpdate


class LabelService(DocumentService[Label, LabelCreate, LabelUpdate]):
    """Override query, get, list, create, update or delete."""
