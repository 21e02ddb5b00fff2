from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy, any_of
from ..models.article import Article, ArticleState
from ..models.remark import Remark


class RemarkPolicy(Policy[Remark]):
    def read(self, subject: Asking) -> Condition:
        return any_of(subject.has_role('it\'s "so"\\'), Remark.article.has(Article.free.is_(True)))

    def create(self, subject: Asking) -> Condition:
        return Remark.article.has(Article.state == ArticleState.PUBLISHED)

    def update(self, subject: Asking) -> Condition:
        return any_of(
            Remark.article.has(Article.author_id == subject.id), subject.has_role("editor")
        )

    def delete(self, subject: Asking) -> Condition:
        return subject.has_role("editor")
