"""The generated service without what surrounds each of its requests.

It has no switch for that, and needs none: the middleware that does it is taken off. What checks a request stays, but for
the limit of its size.
"""

from __future__ import annotations

import os
from importlib import import_module

from fastapi import FastAPI

# Names, logs, measures and ends requests.
_SURROUNDING = "Envelope"


def create_app() -> FastAPI:
    app: FastAPI = import_module(f"{os.environ['PACKAGE']}.main").create_app()
    inside = [
        each for each in app.user_middleware if getattr(each.cls, "__name__", "") != _SURROUNDING
    ]
    if len(inside) == len(app.user_middleware):
        raise SystemExit(f"there is no {_SURROUNDING} to take off: see what surrounds requests now")
    app.user_middleware = inside
    return app
