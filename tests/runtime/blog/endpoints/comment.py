from __future__ import annotations

from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routes import crud_router

from ..models.comment import Comment
from ..schemas.comment import CommentCreate, CommentRead, CommentUpdate
from ..services.comment import CommentService

comments = Resource(
    service=CommentService,
    read=CommentRead,
    create=CommentCreate,
    update=CommentUpdate,
    relations=(Comment.parent, Comment.replies, Comment.post, Comment.author),
)
router = crud_router(comments, prefix="/comments", tags=["comments"])
