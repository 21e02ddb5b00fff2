from __future__ import annotations

from ..core.realtime.declared import Channel
from ..core.realtime.subjects import Admission, Subject
from ..endpoints.post import posts


class OnePostPolicy(Admission):
    """Who may be in a room. Each hears of the rows that they may read."""

    def subscribe(self, subject: Subject, room: str) -> bool:
        return True


one_post = Channel(
    "one_post", OnePostPolicy(), path="/posts/{post_id}/changes", streams=posts, by="id"
)
