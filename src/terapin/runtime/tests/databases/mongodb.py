"""A database of a MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from pymongo import AsyncMongoClient

from ..service import MongodbSettings


@asynccontextmanager
async def own_database(
    server: MongodbSettings, _template: MongodbSettings | None
) -> AsyncIterator[MongodbSettings]:
    """It is made by the first to write to it."""
    name = f"test_{uuid4().hex}"
    yield server.model_copy(update={"database": name})
    client: AsyncMongoClient[dict[str, Any]]
    async with AsyncMongoClient(server.given_url) as client:
        await client.drop_database(name)
