from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy
from ..models.story import Story


class StoryPolicy(Policy[Story]):
    def read(self, subject: Asking) -> Condition:
        return Story.published.is_(True)

    def create(self, subject: Asking) -> Condition:
        return False

    def update(self, subject: Asking) -> Condition:
        return False

    def delete(self, subject: Asking) -> Condition:
        return False
