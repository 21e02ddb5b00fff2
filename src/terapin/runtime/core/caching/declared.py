"""Caches as a service declares them: names and what they are kept in, of which each application opens its own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from fastapi import FastAPI
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..canonical import digest
from ..database import Base
from ..errors import Unavailable
from ..noticing import watch
from ..resource import Endpoint, Relation, Resource, Resources
from ..settings import CacheSettings, ServiceSettings
from ..sources.declared import Declared
from ..sources.manager import Sources, current_sources
from ..sources.redis import Redis
from .answers import kept_reads, overridden
from .cache import Cache, SharedCache
from .entries import Entry, Lifetime, Question
from .functions import Form, Terms, kept_function
from .metrics import watch as measure
from .opened import caches_of
from .serializers import SERIALIZERS, Serializer, SerializerName
from .tags import EVERYTHING, Dependency, changed, depending
from .versions import schema_version
from .writes import invalidates

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class DeclaredCache:
    """`name` is also that of its settings. Without a `store` it is in the memory of each process."""

    name: str
    store: Declared[Redis] | None = None
    serializer: SerializerName = "json"

    @property
    def current(self) -> Cache:
        """That of the application in which this is running; LookupError where there is none."""
        caches = caches_of(current_sources())
        if self.name not in caches:
            raise LookupError(f"{self.name} is not open: give it to `lifespan`")
        return caches[self.name]

    def cached(
        self,
        *,
        ttl: float | None = None,
        stale_for: float | None = None,
        negative_ttl: float | None = None,
        depends_on: Iterable[Dependency] = (),
        tags: Iterable[str] | Callable[..., Iterable[str]] = (),
        namespace: str = "",
        key: Callable[..., Any] | None = None,
        serializer: SerializerName | None = None,
    ) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Coroutine[Any, Any, R]]]:
        """Keep the results of an async function, by its arguments.

        They are forgotten when a row of a model that they depend on changes, or when one of their `tags`,
        which may be a function of the arguments, or their namespace is invalidated. `key` gives the part of the
        arguments that matters. None is a negative result. A session, or a service, among the arguments is no
        part of the key: the function gets one of its own, and one that has written is not answered by the cache.
        """
        terms = Terms(
            serializer=SERIALIZERS[serializer or self.serializer],
            depends_on=depends_on,
            tags=tags,
            namespace=namespace,
            key=key,
            ttl=ttl,
            stale_for=stale_for,
            negative_ttl=negative_ttl,
        )
        return lambda function: kept_function(self, terms, function)

    async def get_or_load(
        self,
        key: Any,
        load: Callable[[], Awaitable[R]],
        *,
        returns: Any = Any,
        tags: Iterable[Dependency] = (),
        ttl: float | None = None,
        stale_for: float | None = None,
        negative_ttl: float | None = None,
    ) -> R:
        """What is kept under a key, or else what `load` gives, as the type that it `returns`.

        `load` is not to use a session of the caller, whose end it may outlive.
        """
        serializer = SERIALIZERS[self.serializer]
        terms = Terms(
            serializer=serializer, ttl=ttl, stale_for=stale_for, negative_ttl=negative_ttl
        )
        form = _form(returns, serializer)

        async def entry() -> Entry:
            return form.entry(await load())

        cache = self.current
        question = Question(
            digest([form.version, key, *cache.identity()]),
            depending(tags),
            entry,
            terms.lifetime(cache.lifetime),
        )
        result: R = form.load((await cache.get(question)).body)
        return result

    async def invalidate(self, *what: Dependency) -> None:
        """Forget, in all processes, what depends on a tag or on any row of a model."""
        words = changed(what)
        cache = self.current
        cache.invalidate(words)
        await cache.invalidated(words)

    async def clear(self) -> None:
        await self.invalidate(EVERYTHING)

    def reads(
        self, endpoint: Endpoint, resource: Resource, relation: Relation | None, *, many: bool
    ) -> Endpoint:
        return kept_reads(self, endpoint, resource, relation, many=many)

    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        """While an application runs."""
        cache = self._cache(app, sources)
        cache.resources = app.state.resources
        _report(self, app.state.resources)
        watch(sources, invalidates)
        opened = caches_of(sources)
        opened[self.name] = cache
        with measure(app.state.metrics.registry, cache):
            await cache.open()
            try:
                yield
            finally:
                await cache.close()
                del opened[self.name]

    def _cache(self, app: FastAPI, sources: Sources) -> Cache:
        settings: ServiceSettings = app.state.settings
        own: CacheSettings = getattr(settings, self.name)
        lifetime = Lifetime(own.ttl, own.stale_for, own.negative_ttl)

        def is_outage(error: BaseException) -> bool:
            busy = isinstance(error, Unavailable | TimeoutError | PoolTimeout)
            return busy or any(source.is_outage(error) for source in sources)

        limit = settings.request_timeout
        if self.store is None:
            return Cache(self.name, lifetime, is_outage=is_outage, limit=limit)
        return SharedCache(
            self.name,
            lifetime,
            source=sources[self.store],
            namespace=own.namespace or f"{app.title}:{self.name}",
            version=schema_version(Base.metadata, app.state.resources),
            local_ttl=own.local_ttl,
            is_outage=is_outage,
            limit=limit,
        )


@lru_cache
def _form(returns: Any, serializer: Serializer) -> Form[Any]:
    return Form(returns, serializer)


def _report(declared: DeclaredCache, resources: Resources) -> None:
    for resource in resources:
        if resource.cache is declared and (names := overridden(resource.service)):
            logger.info(
                "%s overrides %s: its reads are not kept",
                resource.service.__name__,
                " and ".join(names),
            )
