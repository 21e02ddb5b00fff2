"""Channels as a service declares them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from ..sources.manager import Sources
from .bus import Bus, Memory
from .subjects import Admission


class Payload(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(
        extra="forbid", validate_by_name=True, validate_by_alias=True, protected_namespaces=()
    )


@dataclass(frozen=True, eq=False)
class Message:
    """`name` is its `type` in the envelope; `handler`, as `module:function`, may change what goes on or refuse it."""

    name: str
    payload: type[BaseModel]
    handler: str
    broadcast: Literal["room", "sender", "none"] = "room"

    def function(self) -> Any:
        return resolve_name(self.handler)


@dataclass(frozen=True, eq=False)
class Channel:
    """The parameters of its path name the room. One without messages takes any JSON, and tells it to all."""

    name: str
    policy: Admission
    path: str = "/ws/{room_id}"
    messages: tuple[Message, ...] = ()
    history: int = 0
    presence: bool = False
    max_message_bytes: int | None = None
    rate_per_second: float | None = None
    description: str = ""


class Realtime:
    """The channels of a service, which are told of within this process unless there is another bus."""

    def __init__(self, channels: Iterable[Channel], bus: Callable[[], Bus] = Memory) -> None:
        self.channels = tuple(channels)
        self._bus = bus

    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        """While an application runs."""
        from .hub import Hub

        guard = getattr(app.state, "security", None)
        hub = Hub(self.channels, self._bus(), app.state.settings.realtime, guard)
        async with hub.running(sources):
            app.state.realtime = hub
            yield
