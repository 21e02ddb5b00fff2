"""The channels of a service, which are open while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from ..sources.manager import Sources
from .bus import Bus, Memory
from .declared import Channel
from .hub import Hub
from .streamed import streamed_of


class Realtime:
    """The channels of a service, which are told of within this process unless there is another bus."""

    def __init__(self, channels: Iterable[Channel], bus: Callable[[], Bus] = Memory) -> None:
        self.channels = tuple(channels)
        self._bus = bus

    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        """While an application runs."""
        guard = getattr(app.state, "security", None)
        streamed = streamed_of(app)
        hub = Hub(self.channels, self._bus(), app.state.settings.realtime, guard, streamed)
        async with hub.running(sources):
            app.state.realtime = hub
            yield
