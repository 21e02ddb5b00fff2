"""Mails, sent beside the requests that cause them: how long one takes tells nobody whether an address is known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any

from ..resilience.deadlines import ended, within
from ..sources.manager import Sources
from .declared import Mail, Send

logger = logging.getLogger(__name__)

_AT_ONCE = 8
_MOST_WAITING = 1000
# For those that are being sent when the service stops.
_PATIENCE = 5.0


class Mailing:
    def __init__(self, send: Send, sources: Sources, timeout: float) -> None:
        self.send = send
        self._sources = sources
        self._timeout = timeout
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()
        self.sent = 0
        self.failed = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=_PATIENCE)
            await ended(*self._running)

    def post(self, mail: Mail) -> None:
        async def made() -> Mail:
            return mail

        self.post_made(made)

    def post_made(self, make: Callable[[], Coroutine[Any, Any, Mail | None]]) -> None:
        """One that is to be made first, or none."""
        if len(self._running) >= _MOST_WAITING:
            self.failed += 1
            logger.error("a mail is not sent: %d others wait", _MOST_WAITING)
            return
        task = asyncio.create_task(self._post(make), context=Context())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _post(self, make: Callable[[], Coroutine[Any, Any, Mail | None]]) -> None:
        try:
            async with self._turns:
                with self._sources.current():
                    if mail := await make():
                        await within(_coroutine(self.send, mail), self._timeout)
                        self.sent += 1
        except Exception:
            self.failed += 1
            logger.exception("a mail could not be sent")


async def _coroutine(send: Send, mail: Mail) -> None:
    await send(mail)


async def unsent(mail: Mail) -> None:
    """Where nothing sends them: its token stands in no log."""
    logger.warning("a mail (%s) is not sent, as nothing sends mails", mail.purpose)


async def shown(mail: Mail) -> None:
    """To those who develop."""
    logger.warning("mail to %s (%s): %s", mail.to, mail.purpose, mail.token or "no token")
