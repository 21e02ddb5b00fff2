"""Puts core into an application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI

from . import health, metrics
from .database_errors import install_database_errors
from .errors import install_error_handlers
from .health import Checks
from .logs import configure_logging
from .metrics import Metrics
from .middleware import Envelope
from .openapi import install_openapi
from .resource import Resources
from .routing import install_front, install_routing
from .settings import MissingUrlError, ServiceSettings
from .sources.declared import Declared
from .sources.manager import Current, Sources

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Opens(Protocol):
    """A cache, as far as it concerns an application that may have none."""

    def opened(self, app: FastAPI, sources: Sources) -> AbstractAsyncContextManager[object]: ...


def lifespan(
    settings: ServiceSettings, declared: Sequence[Declared[Any]], caches: Sequence[Opens] = ()
) -> Lifespan:
    """Opens what the service needs when it starts and closes it when it stops."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        configure_logging(settings)
        if missing := settings.missing(each.name for each in declared):
            raise MissingUrlError(*missing)
        async with Sources(declared, settings, application=app.title) as sources:
            app.state.sources = sources
            app.state.caches = caches
            app.state.checks = Checks(sources)
            collector = app.state.metrics.watch(sources)
            install_routing(app)
            leave_telemetry(app)
            try:
                async with AsyncExitStack() as stack:
                    for cache in caches:
                        await stack.enter_async_context(cache.opened(app, sources))
                    yield
            finally:
                app.state.metrics.registry.unregister(collector)

    return run


def leave_telemetry(app: FastAPI) -> None:
    """FastAPI asks at each request whether somebody wants OpenTelemetry, which takes as long as to find the route.

    Who wants it has said so by now.
    """
    telemetry: Any = getattr(app, "_native_telemetry", None)
    if telemetry is not None and not telemetry.enabled():
        telemetry.config = {**telemetry.config, "tracing": False, "metrics": False, "logs": False}


def install(app: FastAPI, settings: ServiceSettings, resources: Resources) -> None:
    """Everything around the resources' own routers; the last middleware added is the outermost."""
    app.state.settings = settings
    app.state.resources = resources
    app.state.metrics = Metrics()
    install_front(app)
    app.add_middleware(Current)
    app.add_middleware(
        Envelope,
        metrics=app.state.metrics,
        seconds=settings.request_timeout,
        max_bytes=settings.max_body_bytes,
    )
    install_error_handlers(app)
    install_database_errors(app, resources)
    install_openapi(app, resources)
    app.include_router(health.router)
    app.include_router(metrics.router)
