from __future__ import annotations

from uuid import UUID

from ..core.graphql.changes import ChangeOperation, change_type, changed
from ..core.graphql.types import fields_type
from .types.operation import Operation
from .types.post import Post


@change_type
class OperationChange:
    operation: ChangeOperation
    key: str | None
    operation_row: Operation | None


@change_type
class PostChange:
    operation: ChangeOperation
    id: UUID | None
    post: Post | None


@fields_type
class Subscription:
    """What is told, by WebSocket."""

    operation_changed: OperationChange = changed(Operation)
    post_changed: PostChange = changed(Post)
