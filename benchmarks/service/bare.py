"""The generated service without what surrounds each of its requests.

It has no switches for that, and needs none: its middleware is taken off. What checks a request stays.
"""

from __future__ import annotations

import os
from importlib import import_module

from fastapi import FastAPI

# Names, logs, measures and ends requests.
_SURROUNDING = {"Observed", "Deadline"}


def create_app() -> FastAPI:
    app: FastAPI = import_module(f"{os.environ['PACKAGE']}.main").create_app()
    app.user_middleware = [
        each
        for each in app.user_middleware
        if getattr(each.cls, "__name__", "") not in _SURROUNDING
    ]
    return app
