from __future__ import annotations

from fastapi import FastAPI

from . import demo, pages


def extend(app: FastAPI) -> None:
    """Add routers, middleware and exception handlers of your own here: this file is yours."""
    pages.install(app)
    demo.install(app)
