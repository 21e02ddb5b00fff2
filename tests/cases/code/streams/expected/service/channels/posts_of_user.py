from __future__ import annotations

from ..core.realtime.declared import Channel
from ..core.realtime.subjects import Admission, Subject
from ..endpoints.post import posts


class PostsOfUserPolicy(Admission):
    """Who may be in a room. Each hears of the rows that they may read."""

    def subscribe(self, subject: Subject, room: str) -> bool:
        return not subject.is_anonymous


posts_of_user = Channel(
    "posts_of_user",
    PostsOfUserPolicy(),
    path="/users/{author_id}/posts",
    streams=posts,
    by="author_id",
)
