"""Which routes a request can be for, found by the beginning of its path instead of by trying them all."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from fastapi import FastAPI
from fastapi.routing import APIRouter, iter_route_contexts
from starlette._utils import get_route_path
from starlette.datastructures import State
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from .middleware import Apart
from .sources.manager import Current

# In a scope: where the error of a shortcut waits for the handlers of exceptions, and why there is no short way.
_RAISED = "service.raised"
REASON = "service.reason"


class Front:
    """What has a shortcut is answered here, before any of FastAPI's own machinery, and needs no current sources."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shortcut = self._state.shortcut
        if shortcut is None or scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            remaining = await shortcut(get_route_path(scope), scope, receive, send)
        except Exception as error:
            # The handlers of exceptions stand around the router, so that is where it is raised.
            scope[_RAISED], remaining = error, receive
        if remaining is not None:
            await self.app(scope, remaining, send)


class Routing:
    """In the place of a router's own search.

    It hands each request to a router of the same kind that has, in their order, only those routes whose path begins as
    the request's does, or with a parameter. FastAPI tries each route in turn, which takes milliseconds for hundreds.
    """

    def __init__(self, app: FastAPI) -> None:
        self._router = app.router
        self._known: list[BaseRoute] = []
        self._apps: dict[str, ASGIApp] = {}
        self._index()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._router.app(scope, receive, send)
            return
        if _RAISED in scope:
            raise scope[_RAISED]
        if len(self._known) != len(self._router.routes):
            self._index()
        scope.setdefault("router", self._router)
        app = self._apps.get(_beginning(get_route_path(scope)), self._others)
        await app(scope, receive, send)

    def _index(self) -> None:
        self._known = [*self._router.routes]
        begins = [(route, set(_beginnings(route))) for route in self._known]
        known = {each for _, beginnings in begins for each in beginnings if each is not None}
        self._apps = {
            beginning: self._among(
                [
                    route
                    for route, beginnings in begins
                    if not beginnings.isdisjoint({beginning, None})
                ]
            )
            for beginning in known
        }
        self._others = self._among([route for route, beginnings in begins if None in beginnings])

    def _among(self, routes: list[BaseRoute]) -> ASGIApp:
        router = copy.copy(self._router)
        router.routes = routes
        return Apart(router.app)


def _beginning(path: str) -> str:
    """The first segment."""
    return path[1:].partition("/")[0]


def _beginnings(route: BaseRoute) -> Iterable[str | None]:
    """None for what any path can lead to."""
    for context in iter_route_contexts([route]):
        path = context.path
        beginning = _beginning(path) if path else ""
        yield None if not beginning or "{" in beginning else beginning


def include(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """FastAPI nests the lifespan of each router in the application's, which it could not start with hundreds of them.

    Those that have none of their own are left out.
    """
    for router in routers:
        lifespan = app.router.lifespan_context
        app.include_router(router)
        if isinstance(router.lifespan_context, type(APIRouter().lifespan_context)):
            app.router.lifespan_context = lifespan


def install_front(app: FastAPI) -> None:
    app.state.shortcut = None
    app.add_middleware(Current)
    app.add_middleware(Front, state=app.state)


def install_routing(app: FastAPI) -> None:
    """Once all routes are there, unless somebody has put something of their own in this place."""
    plain: ASGIApp = app.router.app
    if app.router.middleware_stack != plain:
        return
    # Assigned, as Starlette itself does where a router is given middleware.
    app.router.middleware_stack = Routing(app)
    package = f"{__package__}.compiled"
    innermost = [cast(object, each.cls) for each in app.user_middleware[-2:]]
    if innermost == [Front, Current] and find_spec(package):
        app.state.shortcut = import_module(f"{package}.shortcut").Shortcut(app)
