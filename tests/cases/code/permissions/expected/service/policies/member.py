from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy, any_of
from ..models.member import Member


class MemberPolicy(Policy[Member]):
    def read(self, subject: Asking) -> Condition:
        return True

    def create(self, subject: Asking) -> Condition:
        return False

    def update(self, subject: Asking) -> Condition:
        return any_of(Member.id == subject.id, subject.has_role("editor"))

    def delete(self, subject: Asking) -> Condition:
        return Member.id == subject.id

    def read_e_mail(self, subject: Asking) -> Condition:
        return any_of(Member.id == subject.id, subject.has_role("editor"))

    def update_trusted(self, subject: Asking) -> Condition:
        return subject.has_role("editor")
