"""What a test has to itself: of each source an empty database, on servers that all tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module

from ..service import Settings, sources


@asynccontextmanager
async def own_databases(
    server: Settings, template: Settings | None = None
) -> AsyncIterator[Settings]:
    """On PostgreSQL a copy of the template's."""
    own = {}
    async with AsyncExitStack() as stack:
        for source in sources:
            module = import_module(f".{source.kind.kind}", __package__)
            of_template = getattr(template, source.name, None)
            own[source.name] = await stack.enter_async_context(
                module.own_database(getattr(server, source.name), of_template)
            )
        yield server.model_copy(update=own)
