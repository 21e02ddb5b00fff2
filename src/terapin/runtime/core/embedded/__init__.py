"""Servers for development and tests: what a data source without a URL gets."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from .postgresql import development_postgres
from .processes import EmbeddedServerError

__all__ = [
    "EmbeddedServerError",
    "development_data",
    "development_postgres",
    "development_server",
]

# By the kinds of sources. A service has the modules of those that it uses.
_SERVERS = {
    "postgresql": "postgresql:development_postgres",
    "mongodb": "mongodb:development_mongodb",
    "redis": "valkey:development_valkey",
}


def development_data(source: str) -> Path:
    """Where a checkout keeps the data of a source that has no URL."""
    return Path(".dev", source)


def development_server(
    kind: str, directory: Path, *, durable: bool = True, **others: Any
) -> AbstractContextManager[str]:
    """The URL of a server for a kind of source; `others` are options of that kind's own."""
    start = resolve_name(f"{__package__}.{_SERVERS[kind]}")
    server: AbstractContextManager[str] = start(directory, durable=durable, **others)
    return server
