from __future__ import annotations

from ..core.realtime.declared import Channel
from ..core.realtime.subjects import Admission, Subject


class LobbyPolicy(Admission):
    """Who may be in a room, and who may say something there."""

    def subscribe(self, subject: Subject, room: str) -> bool:
        return True

    def publish(self, subject: Subject, room: str) -> bool:
        return "member" in subject.roles


lobby = Channel("lobby", LobbyPolicy())
