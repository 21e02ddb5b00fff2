from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy
from ..models.member import Member


class MemberPolicy(Policy[Member]):
    def read(self, subject: Asking) -> Condition:
        return Member.id == subject.id

    def create(self, subject: Asking) -> Condition:
        return Member.id == subject.id

    def update(self, subject: Asking) -> Condition:
        return Member.id == subject.id

    def delete(self, subject: Asking) -> Condition:
        return False
