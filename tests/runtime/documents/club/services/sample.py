from __future__ import annotations

from terapin.runtime.core.documents import DocumentService

from ..models.sample import Sample
from ..schemas.sample import SampleCreate, SampleUpdate


class SampleService(DocumentService[Sample, SampleCreate, SampleUpdate]):
    """Override query, get, list, create, update or delete."""
