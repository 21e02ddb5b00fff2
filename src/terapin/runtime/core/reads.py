"""Reads that are done again when the database lost them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from .database import database_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Rereading(APIRoute):
    """Its GET is handled again, from its dependencies on, before anything was answered."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        if self.methods != {"GET"}:
            return handler

        async def handle(request: Request) -> Response:
            database = database_of(request.app)
            if database is None:
                return await handler(request)
            return await database.read(partial(_attempt, handler, request))

        return handle


async def _attempt(handler: Handler, request: Request) -> Response:
    """FastAPI keeps what dependencies have opened until the request ends: of an attempt, until that ends.

    Otherwise a session that failed would hold its connection while the next one waits for another. What
    lives until the answer is sent is handed on by the attempt that succeeds.
    """
    scope = request.scope
    outer = scope["fastapi_inner_astack"]
    async with AsyncExitStack() as until_answered:
        scope["fastapi_inner_astack"] = until_answered
        async with AsyncExitStack() as until_returned:
            scope["fastapi_function_astack"] = until_returned
            response = await handler(request)
        outer.push_async_exit(until_answered.pop_all())
    return response
