from __future__ import annotations

from terapin.runtime.core.documents import DocumentService

from ..models.activity import Activity
from ..schemas.activity import ActivityCreate, ActivityUpdate


class ActivityService(DocumentService[Activity, ActivityCreate, ActivityUpdate]):
    """Override query, get, list, create, update or delete."""
