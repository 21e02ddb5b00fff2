"""Reads that are done again when the database lost them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from .database import database_of

# Where FastAPI looks for what it is to close.
_UNTIL_ANSWERED = "fastapi_inner_astack"
_UNTIL_RETURNED = "fastapi_function_astack"

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
            until_answered = request.scope[_UNTIL_ANSWERED]
            return await database.read(partial(_attempt, handler, request, until_answered))

        return handle


async def _attempt(handler: Handler, request: Request, until_answered: AsyncExitStack) -> Response:
    """With dependencies of its own, which end with it if it fails.

    FastAPI keeps what they have opened until the request ends: a session that failed would hold its connection
    while the next one waits for another. What lives until the answer is sent is handed on with the answer.
    """
    async with AsyncExitStack() as opened:
        request.scope[_UNTIL_ANSWERED] = opened
        async with AsyncExitStack() as until_returned:
            request.scope[_UNTIL_RETURNED] = until_returned
            response = await handler(request)
        until_answered.push_async_exit(opened.pop_all())
    return response
