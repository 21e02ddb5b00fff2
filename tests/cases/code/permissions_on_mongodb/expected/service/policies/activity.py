from __future__ import annotations

from ..core.security.policy import Asking, Condition, Policy, any_of
from ..models.activity import Activity, ActivityKind


class ActivityPolicy(Policy[Activity]):
    def read(self, subject: Asking) -> Condition:
        return any_of(
            Activity.member_id == subject.id,
            Activity.club == subject.tenant,
            Activity.shown.in_([True]),
            Activity.kind == ActivityKind.OPEN,
        )

    def create(self, subject: Asking) -> Condition:
        return any_of(Activity.member_id == subject.id)

    def update(self, subject: Asking) -> Condition:
        return any_of(Activity.member_id == subject.id)

    def delete(self, subject: Asking) -> Condition:
        return False

    def update_shown(self, subject: Asking) -> Condition:
        return False
