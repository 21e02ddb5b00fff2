from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.post import Post
from ..schemas.post import PostCreate, PostRead, PostUpdate
from ..services.post import PostService

posts = Resource(
    service=PostService,
    read=PostRead,
    create=PostCreate,
    update=PostUpdate,
    relations=(Post.author, Post.comments, Post.tags),
    embed=(Post.tags,),
)
router = crud_router(posts, prefix="/posts", tags=["posts"])
