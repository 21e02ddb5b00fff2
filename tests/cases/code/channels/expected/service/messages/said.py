from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.realtime.declared import Message, Payload


class SaidPayload(Payload):
    text: Annotated[wire.Text, Field(description="What was said", max_length=500)]
    reply_to: Annotated[wire.UUID | None, Field(alias="replyTo")] = None
    post: wire.UUID


said = Message("said", SaidPayload, "service.handlers.said:said")
