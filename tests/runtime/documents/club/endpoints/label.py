from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.label import Label
from ..schemas.label import LabelCreate, LabelRead, LabelUpdate
from ..services.label import LabelService

labels = Resource(
    service=LabelService,
    read=LabelRead,
    create=LabelCreate,
    update=LabelUpdate,
    relations=(Label.activities,),
)
router = crud_router(labels, prefix="/labels", tags=["labels"])
