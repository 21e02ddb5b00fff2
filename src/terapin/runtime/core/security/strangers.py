"""Permissions without tokens: every request is a stranger's, who may do what everybody may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from ..sources.manager import Sources
from .subject import ANONYMOUS, SUBJECT, current


class Strangers:
    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        yield

    def around(self, app: ASGIApp) -> ASGIApp:
        async def nameless(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] not in ("http", "websocket"):
                await app(scope, receive, send)
                return
            scope[SUBJECT] = ANONYMOUS
            before = current.set(ANONYMOUS)
            try:
                await app(scope, receive, send)
            finally:
                current.reset(before)

        return nameless

    def describe(self, document: dict[str, Any]) -> None:
        """There is nothing to be sent."""
