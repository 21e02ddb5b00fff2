"""Which routes a request can be for, found by the beginning of its path instead of by trying them all."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette._utils import get_route_path
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from .middleware import Apart

Shortcut = Any


class Routing:
    """In the place of a router's own search, inside of all middleware and exception handlers.

    It hands each request to a router of the same kind that has, in their order, only those routes whose path begins as
    the request's does, or with a parameter. FastAPI tries each route in turn, which takes a millisecond for hundreds.
    """

    def __init__(self, app: FastAPI, shortcut: Shortcut | None = None) -> None:
        self._app = app
        self._router = app.router
        self._shortcut = shortcut
        self._known: list[BaseRoute] = []
        self._all = Apart(app.router.app)
        self._apps: dict[str, ASGIApp] = {}
        self._index()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._router.app(scope, receive, send)
            return
        if len(self._known) != len(self._router.routes):
            self._index()
        scope.setdefault("router", self._router)
        path = get_route_path(scope)
        remaining: Receive | None = receive
        if self._shortcut is not None:
            remaining = await self._shortcut(path, scope, receive, send)
        if remaining is not None:
            app = self._apps.get(_beginning(path), self._all)
            await app(scope, remaining, send)

    def _index(self) -> None:
        self._known = [*self._router.routes]
        begins = {id(route): set(_beginnings(route)) for route in self._known}
        self._apps = {}
        for beginning in {each for found in begins.values() for each in found if each is not None}:
            router = copy.copy(self._router)
            router.routes = [
                route
                for route in self._known
                if not begins[id(route)].isdisjoint({beginning, None})
            ]
            self._apps[beginning] = Apart(router.app)
        if self._shortcut is not None:
            self._shortcut.index(self._app)


def _beginning(path: str) -> str:
    """The first segment."""
    return path[1:].partition("/")[0]


def _beginnings(route: BaseRoute) -> Iterable[str | None]:
    """None for what any path can lead to."""
    for context in iter_route_contexts([route]):
        path = context.path
        beginning = _beginning(path) if path else ""
        yield None if not beginning or "{" in beginning else beginning


def install_routing(app: FastAPI) -> None:
    """Once all routes are there, or not at all if somebody has put something of their own in this place."""
    plain: ASGIApp = app.router.app
    if app.router.middleware_stack != plain:
        return
    package = f"{__package__}.compiled"
    shortcut = import_module(f"{package}.shortcut").Shortcut(app) if find_spec(package) else None
    # Assigned, as Starlette itself does where a router is given middleware.
    app.router.middleware_stack = Routing(app, shortcut)
