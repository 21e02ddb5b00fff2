from __future__ import annotations

from ..core import wire
from ..core.realtime.declared import Message, Payload


class SeenPayload(Payload):
    id: wire.UUID


seen = Message("seen", SeenPayload, "service.handlers.seen:seen", "sender")
