from __future__ import annotations

from ..core.realtime.incoming import Incoming
from ..messages.said import SaidPayload


async def said(message: Incoming[SaidPayload]) -> SaidPayload | None:
    """What is returned goes on in the place of what came; `RefusedError` tells its sender that it does not."""
    return None
