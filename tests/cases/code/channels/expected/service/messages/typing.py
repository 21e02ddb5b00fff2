from __future__ import annotations

from ..core.realtime.declared import Message, Payload


class TypingPayload(Payload):
    pass


typing = Message("is-typing", TypingPayload, "service.handlers.typing:typing")
