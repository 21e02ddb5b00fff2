"""The blog whose reads are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.caching.cache import Cache
from terapin.runtime.core.caching.declared import DeclaredCache
from terapin.runtime.core.caching.opened import caches_of
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.routes import crud_router
from terapin.runtime.core.settings import CacheSettings, RedisSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.redis import Redis

from ..blog.endpoints import resources
from ..blog.settings import Settings
from ..blog.sources import database
from ..harness import Api
from .valkey import Valkey

cache_store = Declared("cache_store", Redis)
shared = DeclaredCache("answers", store=cache_store)
local = DeclaredCache("answers")


class KeptSettings(Settings):
    cache_store: RedisSettings = RedisSettings()
    answers: CacheSettings = CacheSettings()


def kept_blog(settings: KeptSettings, cache: DeclaredCache) -> FastAPI:
    declared = (database,) if cache.store is None else (database, cache.store)
    app = FastAPI(title="Blog", lifespan=lifespan(settings, declared, (cache,)))
    kept = Resources([replace(resource, cache=cache) for resource in resources])
    install(app, settings, kept)
    for resource in kept:
        app.include_router(crud_router(resource, prefix=f"/{resource.name}", tags=[]))
    return app


def kept_settings(settings: Settings, valkey: Valkey | None, **answers: Any) -> KeptSettings:
    return KeptSettings(
        **settings.model_dump(),
        cache_store=RedisSettings(url=SecretStr(valkey.url) if valkey else None),
        answers=CacheSettings(**{"namespace": uuid4().hex, **answers}),
    )


@asynccontextmanager
async def serving_kept(
    settings: Settings, valkey: Valkey | None, **answers: Any
) -> AsyncIterator[Api]:
    """With settings of the cache; without a Valkey it is in memory."""
    app = kept_blog(kept_settings(settings, valkey, **answers), shared if valkey else local)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://blog.test"
        ) as client,
    ):
        yield Api(app, client)


def cache_in(api: Api) -> Cache:
    return caches_of(api.app.state.sources)["answers"]
