"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import asyncio
import logging
import time

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from .database import database_of

logger = logging.getLogger(__name__)

TIMEOUT = 2.0


class Source(BaseModel):
    status: str
    latency_ms: float | None = None


class Readiness(BaseModel):
    status: str
    sources: dict[str, Source]


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
    sources = {"postgresql": await _postgresql(request.app)}
    down = any(source.status == "down" for source in sources.values())
    response.status_code = 503 if down else 200
    return Readiness(status="down" if down else "ready", sources=sources)


async def _postgresql(app: FastAPI) -> Source:
    """Leaving a server that hangs takes SQLAlchemy seconds, which nobody waits for."""
    start = time.perf_counter()
    ping = asyncio.create_task(_ping(app))
    await asyncio.wait({ping}, timeout=TIMEOUT)
    if not ping.done():
        ping.cancel()
        _leaving.add(ping)
        ping.add_done_callback(_leaving.discard)
        logger.warning("postgresql is down: no answer in %s s", TIMEOUT)
        return Source(status="down")
    if not ping.result():
        return Source(status="down")
    return Source(status="up", latency_ms=round((time.perf_counter() - start) * 1000, 1))


_leaving: set[asyncio.Task[bool]] = set()


async def _ping(app: FastAPI) -> bool:
    try:
        async with database_of(app).engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        logger.warning("postgresql is down: %r", error)
        return False
    return True
