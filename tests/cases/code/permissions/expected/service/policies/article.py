from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy, any_of
from ..models.article import Article, ArticleState


class ArticlePolicy(Policy[Article]):
    def read(self, subject: Asking) -> Condition:
        return any_of(
            Article.state.in_([ArticleState.PUBLISHED, ArticleState.ARCHIVED]),
            Article.author_id == subject.id,
            Article.newsroom == subject.tenant,
        )

    def create(self, subject: Asking) -> Condition:
        return Article.author_id == subject.id

    def update(self, subject: Asking) -> Condition:
        return any_of(Article.author_id == subject.id, subject.has_role("editor"))

    def delete(self, subject: Asking) -> Condition:
        return subject.has_role("editor")
