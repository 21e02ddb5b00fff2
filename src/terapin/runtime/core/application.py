"""Puts core into an application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from . import health, metrics
from .database_errors import install_database_errors
from .errors import install_error_handlers
from .health import Checks
from .kept import started
from .logs import configure_logging
from .metrics import Metrics
from .middleware import Envelope
from .openapi import install_openapi
from .resource import Resources
from .routing import install_front, install_routing
from .settings import MissingUrlError, ServiceSettings
from .sources.declared import Declared
from .sources.manager import Sources

# Of pages from elsewhere.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ASKED_WITH = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-API-Key",
    "X-Request-ID",
)
_ANSWERED_WITH = (
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Opens(Protocol):
    """A cache, or the tasks, as far as they concern an application that may have none."""

    def opened(self, app: FastAPI, sources: Sources) -> AbstractAsyncContextManager[object]: ...


class Guards(Opens, Protocol):
    """Who finds out in whose name requests come, where an application wants to know."""

    def around(self, app: ASGIApp) -> ASGIApp: ...

    def describe(self, document: dict[str, Any]) -> None:
        """In OpenAPI."""


def lifespan(
    settings: ServiceSettings,
    declared: Sequence[Declared[Any]],
    caches: Sequence[Opens] = (),
    *,
    security: Opens | None = None,
    tasks: Opens | None = None,
    realtime: Opens | None = None,
    accounts: Opens | None = None,
) -> Lifespan:
    """Opens what the service needs when it starts and closes it when it stops."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        started()
        configure_logging(settings)
        if missing := settings.missing(each.name for each in declared):
            raise MissingUrlError(*missing)
        async with Sources(declared, settings, application=app.title) as sources:
            app.state.sources = sources
            app.state.caches = caches
            app.state.checks = Checks(sources)
            collector = app.state.metrics.watch(sources)
            install_routing(app)
            spare(app)
            try:
                async with AsyncExitStack() as stack:
                    for each in filter(None, (security, *caches, tasks, realtime, accounts)):
                        await stack.enter_async_context(each.opened(app, sources))
                    yield
            finally:
                app.state.metrics.registry.unregister(collector)

    return run


def spare(app: FastAPI) -> None:
    """What FastAPI does at each request for those who want it: who does has said so by now.

    Whether somebody wants OpenTelemetry takes as long to find out as the route does. And of the layers that are put
    around all middleware none has anything to do, as the envelope answers every error.
    """
    telemetry: Any = getattr(app, "_native_telemetry", None)
    if telemetry is not None:
        if telemetry.enabled():
            return
        telemetry.config = {**telemetry.config, "tracing": False, "metrics": False, "logs": False}
    kinds: list[Any] = [each.cls for each in app.user_middleware]
    outermost = next(each for each in kinds if each is not CORSMiddleware)
    layer: Any = app.middleware_stack
    is_envelope = isinstance(outermost, type) and issubclass(outermost, Envelope)
    if layer is None or not is_envelope or app.max_body_size is not None:
        return
    while not isinstance(layer, Envelope | CORSMiddleware):
        layer = layer.app
    app.middleware_stack = layer


def install(
    app: FastAPI,
    settings: ServiceSettings,
    resources: Resources,
    security: Guards | None = None,
) -> None:
    """Everything around the resources' own routers; the last middleware added is the outermost."""
    check_guards(resources, security)
    app.state.settings = settings
    app.state.resources = resources
    app.state.metrics = Metrics()
    install_front(app)
    if security:
        app.add_middleware(security.around)
    app.add_middleware(
        Envelope,
        metrics=app.state.metrics,
        seconds=settings.request_timeout,
        max_bytes=settings.max_body_bytes,
        hsts=settings.hsts,
        is_private=security is not None,
    )
    if settings.allowed_origins:
        # Around the envelope, so that a page can read its errors as well.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=_METHODS,
            allow_headers=_ASKED_WITH,
            expose_headers=_ANSWERED_WITH,
        )
    install_error_handlers(app)
    install_database_errors(app, resources)
    install_openapi(app, resources, security.describe if security else None)
    app.include_router(health.router)
    app.include_router(metrics.router)


def check_guards(resources: Resources, security: Guards | None) -> None:
    """Raises TypeError where nobody would ask who may do what, or what is stated makes no sense."""
    for resource in resources:
        if resource.guard is not None:
            if security is None:
                raise TypeError(
                    f"{resource.name} has a policy, but nobody finds out who asks: give `install` a Security"
                )
            resource.guard.check()
