from __future__ import annotations

from uuid import UUID

from ..core.realtime.incoming import Incoming
from ..messages.typing import TypingPayload


async def typing(message: Incoming[TypingPayload]) -> TypingPayload | None:
    """Nobody says it for another one."""
    return TypingPayload(user_id=UUID(message.subject.id))
