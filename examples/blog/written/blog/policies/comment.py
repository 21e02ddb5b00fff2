from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy, any_of
from ..models.comment import Comment
from ..models.post import Post, PostStatus


class CommentPolicy(Policy[Comment]):
    def read(self, subject: Asking) -> Condition:
        return any_of(
            Comment.post.has(Post.status == PostStatus.PUBLISHED),
            # The ontology has one owner; whose the article is reads what editors say of it.
            Comment.post.has(Post.user_id == subject.id),
            Comment.user_id == subject.id,
            subject.has_role("editor"),
        )

    def create(self, subject: Asking) -> Condition:
        return any_of(Comment.user_id == subject.id, subject.has_role("editor"))

    def update(self, subject: Asking) -> Condition:
        return any_of(Comment.user_id == subject.id, subject.has_role("editor"))

    def delete(self, subject: Asking) -> Condition:
        return any_of(Comment.user_id == subject.id, subject.has_role("editor"))
