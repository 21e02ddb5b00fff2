"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from .resilience import breaker
from .resilience.deadlines import within
from .sources.base import Source

logger = logging.getLogger(__name__)

# In seconds: what a check takes at most, and for how long it holds.
TIMEOUT = 2.0
KEPT = 0.5


class Condition(StrEnum):
    UP = "up"
    # It answers, but its breaker does not let everybody through.
    DEGRADED = "degraded"
    DOWN = "down"


class Ability(StrEnum):
    READY = "ready"
    # It answers, perhaps not everything, or more slowly.
    DEGRADED = "degraded"
    DOWN = "down"


class State(BaseModel):
    status: Condition
    breaker: breaker.State
    latency_ms: float | None = None


class Readiness(BaseModel):
    status: Ability
    sources: dict[str, State]


class Liveness(BaseModel):
    status: str = "alive"


class Checks:
    """Of the sources: one at a time, and kept for a moment, however often somebody asks."""

    def __init__(self, sources: Iterable[Source[Any]]) -> None:
        self._sources = tuple(sources)
        self._task: asyncio.Task[Readiness] | None = None
        self._until = 0.0

    async def readiness(self) -> Readiness:
        if self._task is None or (self._task.done() and time.monotonic() >= self._until):
            self._task = asyncio.create_task(self._check())
        return await asyncio.shield(self._task)

    async def _check(self) -> Readiness:
        states = await asyncio.gather(*map(_state, self._sources))
        self._until = time.monotonic() + KEPT
        pairs = list(zip(self._sources, states, strict=True))
        if any(source.needed and state.status is Condition.DOWN for source, state in pairs):
            status = Ability.DOWN
        elif any(state.status is not Condition.UP for state in states):
            status = Ability.DEGRADED
        else:
            status = Ability.READY
        return Readiness(status=status, sources={source.name: state for source, state in pairs})


router = APIRouter(prefix="/health", tags=["operations"])


@router.get("/live")
async def live() -> Liveness:
    """Answers as long as the process runs."""
    return Liveness()


@router.get("/ready", responses={503: {"model": Readiness, "description": "A source is down"}})
async def ready(request: Request, response: Response) -> Readiness:
    """Asks every source."""
    checks: Checks = request.app.state.checks
    readiness = await checks.readiness()
    response.status_code = 503 if readiness.status is Ability.DOWN else 200
    return readiness


async def _state(source: Source[Any]) -> State:
    start = time.perf_counter()
    try:
        await within(source.ping(), TIMEOUT)
    except Exception as error:
        logger.warning("%s is down: %r", source.name, error)
        return State(status=Condition.DOWN, breaker=source.breaker.state)
    if source.breaker.state is breaker.State.HALF_OPEN:
        # This is the one call that it waits for: of a source that is hardly used there may be no other for long.
        with suppress(breaker.BreakerOpen):
            source.breaker.admit().succeeded()
    closed = source.breaker.state is breaker.State.CLOSED
    return State(
        status=Condition.UP if closed else Condition.DEGRADED,
        breaker=source.breaker.state,
        latency_ms=round((time.perf_counter() - start) * 1000, 1),
    )
