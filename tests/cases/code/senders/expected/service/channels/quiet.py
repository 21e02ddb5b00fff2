from __future__ import annotations

from ..core.realtime.declared import Channel
from ..core.realtime.subjects import Admission, Subject


class QuietPolicy(Admission):
    """Who may be in a room, and who may say something there."""

    def subscribe(self, subject: Subject, room: str) -> bool:
        return not subject.is_anonymous

    def publish(self, subject: Subject, room: str) -> bool:
        return False


quiet = Channel("quiet", QuietPolicy())
