from __future__ import annotations

from terapin.runtime.core.crud import CrudService

from ..models.post import Post
from ..schemas.post import PostCreate, PostUpdate


class PostService(CrudService[Post, PostCreate, PostUpdate]):
    """Override query, get, list, create, update or delete."""
