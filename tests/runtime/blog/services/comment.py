from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.comment import Comment
from ..schemas.comment import CommentCreate, CommentUpdate


class CommentService(CrudService[Comment, CommentCreate, CommentUpdate]):
    """Override query, get, list, create, update or delete."""
