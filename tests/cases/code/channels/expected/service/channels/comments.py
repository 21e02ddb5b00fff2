from __future__ import annotations

from ..core.realtime.declared import Channel
from ..core.realtime.subjects import Admission, Subject
from ..messages.said import said
from ..messages.seen import seen
from ..messages.typing import typing


class CommentsPolicy(Admission):
    """Who may be in a room, and who may say something there."""

    def subscribe(self, subject: Subject, room: str) -> bool:
        return not subject.is_anonymous

    def publish(self, subject: Subject, room: str) -> bool:
        return not subject.roles.isdisjoint({"editor", "member"})


comments = Channel(
    "comments",
    CommentsPolicy(),
    path="/posts/{post_id}/live",
    messages=(
        said,
        typing,
        seen,
    ),
    history=20,
    presence=True,
    max_message_bytes=4096,
    rate_per_second=2.5,
)
