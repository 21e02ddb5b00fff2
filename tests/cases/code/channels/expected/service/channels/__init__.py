"""The WebSocket channels of the service."""

from __future__ import annotations

from functools import partial

from .. import sources
from ..core.realtime.channels import Realtime
from ..core.realtime.streams import Streams
from .comments import comments
from .lobby import lobby

__all__ = [
    "comments",
    "lobby",
    "realtime",
]

realtime = Realtime((comments, lobby), partial(Streams, sources.store))
