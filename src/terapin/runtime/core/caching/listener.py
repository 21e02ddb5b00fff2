"""Hears in one process what was invalidated in another."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from ..resilience.deadlines import within
from ..sources.redis import Redis
from .local import Local
from .tags import EVERYTHING

logger = logging.getLogger(__name__)

# How often the connection is tried, and how long after a try that was answered the memory is believed.
BEAT = 0.2
TRUST = 0.5
_PAUSE = 0.5


class Listener:
    """Keeps `local` trusted for as long as it is certain that every invalidation arrives.

    The answer to a ping comes behind all that was published before it, on the same connection: what is in
    memory is never further behind than TRUST.
    """

    def __init__(self, source: Redis, channel: str, local: Local) -> None:
        self._source = source
        self._channel = channel
        self._local = local
        self._pinged = 0.0
        self._healthy = True

    async def run(self) -> None:
        connection: AbstractConnection = self._source.connection()
        while True:
            try:
                await self._listen(connection)
            except (RedisError, OSError) as error:
                self._report(error)
            finally:
                self._distrust()
                await connection.disconnect(nowait=True)
            await asyncio.sleep(_PAUSE)

    async def _listen(self, connection: Any) -> None:
        await within(connection.connect(), self._source.settings.connect_timeout)
        await connection.send_command("SUBSCRIBE", self._channel)
        await within(connection.read_response(), self._source.settings.connect_timeout)
        # What is being read at this moment could be of before something that was missed.
        self._local.invalidate([EVERYTHING])
        answered = time.monotonic()
        while time.monotonic() < answered + TRUST:
            if time.monotonic() >= self._pinged + BEAT:
                self._pinged = time.monotonic()
                await connection.send_command("PING", repr(self._pinged))
            message = await connection.read_response(timeout=BEAT, disconnect_on_error=False)
            if message is not None:
                answered = time.monotonic()
                self._heard(message)
        raise TimeoutError(f"no answer within {TRUST} s")

    def _heard(self, message: Any) -> None:
        kind, *_, content = message
        if kind == b"message":
            self._local.invalidate(json.loads(content))
        else:
            self._local.trusted_until = float(content) + TRUST
            if not self._healthy:
                self._healthy = True
                logger.info("%s: invalidations are heard again", self._source.name)

    def _distrust(self) -> None:
        """What is missed from now on could concern anything."""
        self._local.trusted_until = 0.0
        self._local.invalidate([EVERYTHING])

    def _report(self, error: Exception) -> None:
        """Once, not at each attempt."""
        if self._healthy:
            self._healthy = False
            logger.warning(
                "%s: invalidations are not heard, so nothing is kept in memory: %s",
                self._source.name,
                error,
            )
