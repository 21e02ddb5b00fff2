"""The WebSocket channels of the service."""

from __future__ import annotations

from functools import partial

from .. import sources
from ..core.realtime.channels import Realtime
from ..core.realtime.streams import Streams
from .one_post import one_post
from .post_changes import post_changes
from .posts_of_user import posts_of_user

__all__ = [
    "one_post",
    "post_changes",
    "posts_of_user",
    "realtime",
]

realtime = Realtime((one_post, post_changes, posts_of_user), partial(Streams, sources.store))
