"""A time limit for what is done thousands of times a second."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context
from typing import Protocol

from .deadlines import aside, turns


class Limited(Protocol):
    def overrun(self) -> None:
        """Its time is over, and it has not ended."""


class Watch:
    """All that it watches have the same time, so who began first is over first, and one timer does for all."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[Limited, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, work: Limited) -> float:
        """When it is over, on the monotonic clock."""
        until = self._until[work] = time.monotonic() + self.seconds
        loop = asyncio.get_running_loop()
        if self._timer is None or loop is not self._loop:
            self._loop = loop
            self._look_after(self.seconds)
        return until

    def end(self, work: Limited) -> None:
        self._until.pop(work, None)

    def _look_after(self, seconds: float) -> None:
        assert self._loop is not None
        # Not in the context of whoever happens to be the first.
        self._timer = self._loop.call_later(seconds, self._look, context=Context())

    def _look(self) -> None:
        self._timer = None
        now = time.monotonic()
        for work, until in self._until.items():
            if until > now:
                self._look_after(until - now)
                return
            aside(self._end_late(work))

    async def _end_late(self, work: Limited) -> None:
        await turns(lambda: work not in self._until)
        if self._until.pop(work, None) is not None:
            work.overrun()
