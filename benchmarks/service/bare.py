"""The generated service without what surrounds each of its requests.

It has no switch for that, and needs none: one that passes requests on takes the place of the middleware that does it.
What checks a request stays, but for the limit of its size.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send

# Names, logs, measures and ends requests.
_SURROUNDING = "Envelope"


def create_app() -> FastAPI:
    app: FastAPI = import_module(f"{os.environ['PACKAGE']}.main").create_app()
    surrounding: Any
    for place, (surrounding, arguments, options) in enumerate(app.user_middleware):
        if surrounding.__name__ == _SURROUNDING:
            bare: Any = type("Bare", (surrounding,), {"__call__": _passed_on})
            app.user_middleware[place] = Middleware(bare, *arguments, **options)
            return app
    raise SystemExit(f"there is no {_SURROUNDING} to take off: see what surrounds requests now")


async def _passed_on(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
    await self.app(scope, receive, send)
