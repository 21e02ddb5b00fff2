"""A database of a Redis: these are numbered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy import make_url

from ..service import RedisSettings


@asynccontextmanager
async def own_database(
    server: RedisSettings, _template: RedisSettings | None
) -> AsyncIterator[RedisSettings]:
    """The one of the server's URL counts the others, which are taken in turn."""
    async with Redis.from_url(server.given_url) as redis:
        databases = int((await redis.config_get("databases"))["databases"] or 16)
        number = 1 + await redis.incr("tests") % (databases - 1)
    url = make_url(server.given_url).set(database=str(number)).render_as_string(hide_password=False)
    async with Redis.from_url(url) as redis:
        await redis.flushdb()
        yield server.model_copy(update={"url": SecretStr(url)})
        await redis.flushdb()
