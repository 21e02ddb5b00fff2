"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from .resilience.deadlines import within
from .sources.base import Source

logger = logging.getLogger(__name__)

TIMEOUT = 2.0


class State(BaseModel):
    status: str
    latency_ms: float | None = None


class Readiness(BaseModel):
    status: str
    sources: dict[str, State]


class Liveness(BaseModel):
    status: str = "alive"


router = APIRouter(prefix="/health", tags=["operations"])


@router.get("/live")
async def live() -> Liveness:
    """Answers as long as the process runs."""
    return Liveness()


@router.get("/ready", responses={503: {"model": Readiness, "description": "A source is down"}})
async def ready(request: Request, response: Response) -> Readiness:
    """Asks every source."""
    opened = list(request.app.state.sources)
    states = await asyncio.gather(*map(_state, opened))
    down = any(
        source.needed and state.status == "down"
        for source, state in zip(opened, states, strict=True)
    )
    response.status_code = 503 if down else 200
    sources = {source.name: state for source, state in zip(opened, states, strict=True)}
    return Readiness(status="down" if down else "ready", sources=sources)


async def _state(source: Source[Any]) -> State:
    start = time.perf_counter()
    try:
        await within(source.ping(), TIMEOUT)
    except Exception as error:
        logger.warning("%s is down: %r", source.name, error)
        return State(status="down")
    return State(status="up", latency_ms=round((time.perf_counter() - start) * 1000, 1))
