"""Listeners without a socket, in the process of the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import nullcontext

from fastapi import FastAPI

from terapin.runtime.core.realtime.connections import Connection
from terapin.runtime.core.realtime.feeds import Feed, Listener, RoomForm
from terapin.runtime.core.realtime.frames import Frame
from terapin.runtime.core.realtime.seen import sight
from terapin.runtime.core.security.subject import Subject

from .asking import Json


class Kept:
    """What is at the other end of a socket that always takes everything."""

    def __init__(self) -> None:
        self.ready: Callable[[], None] = lambda: None
        self.heard: list[Json] = []
        self._more = asyncio.Event()

    def write(self, frame: Frame) -> bool:
        self.heard.append(json.loads(frame.text))
        self._more.set()
        return True

    async def until(self, number: int) -> None:
        """So much has been heard."""
        async with asyncio.timeout(30):
            while len(self.heard) < number:
                self._more.clear()
                await self._more.wait()

    def end(self, code: int, reason: str) -> None: ...

    def limit(self, *, max_bytes: int, spread: float) -> None: ...


def listening(app: FastAPI, feed: Feed, subject: Subject) -> Kept:
    """To all rows, as this subject."""
    guard, kept = app.state.security, Kept()
    with guard.acting(subject) if guard else nullcontext(), app.state.sources.current():
        connection = Connection(kept, app.state.realtime.settings, subject)
        feed.listen(Listener(connection, RoomForm("", None), sight(feed.resource, subject)))
    return kept


async def quiet(kept: Kept) -> None:
    """Nothing more comes."""
    seen = -1
    while seen != len(kept.heard):
        seen = len(kept.heard)
        await asyncio.sleep(0.5)
