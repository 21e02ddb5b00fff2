from __future__ import annotations

from terapin.runtime.core.documents import DocumentService

from ..models.card import Card
from ..schemas.card import CardCreate, CardUpdate


class CardService(DocumentService[Card, CardCreate, CardUpdate]):
    """Override query, get, list, create, update or delete."""
