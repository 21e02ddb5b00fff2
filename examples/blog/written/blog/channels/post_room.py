from __future__ import annotations

from ..core.realtime.declared import Channel
from ..core.realtime.subjects import Admission, Subject
from ..messages.said import said
from ..messages.typing import typing
from ..services.post import is_readable
from ..services.user import is_user


class PostRoomPolicy(Admission):
    """Who may be in a room, and who may say something there."""

    async def subscribe(self, subject: Subject, room: str) -> bool:
        return await is_readable(room)

    async def publish(self, subject: Subject, room: str) -> bool:
        return await is_user(subject) and await is_readable(room)


post_room = Channel(
    "post_room",
    PostRoomPolicy(),
    path="/posts/{post_id}/live",
    messages=(
        said,
        typing,
    ),
    presence=True,
    max_message_bytes=16384,
    rate_per_second=5,
)
