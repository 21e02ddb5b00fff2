"""Starts a generated service in this process, asks it whether it lives, and ends: `PACKAGE URL`."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module

from benchmarks.service.asgi import read


async def main(package: str, url: str) -> None:
    settings = import_module(f"{package}.settings").Settings(
        database={"url": url, "pool_min": 1}, log_level="WARNING"
    )
    app = import_module(f"{package}.main").create_app(settings)
    async with app.router.lifespan_context(app):
        await read(app, "/health/live")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
