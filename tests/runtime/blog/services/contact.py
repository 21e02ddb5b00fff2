from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.contact import Contact
from ..schemas.contact import ContactCreate, ContactUpdate


class ContactService(CrudService[Contact, ContactCreate, ContactUpdate]):
    """Override query, get, list, create, update or delete."""
