"""Servers for development and tests: what a data source without a URL gets."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from pkgutil import resolve_name

from .postgresql import development_postgres
from .processes import EmbeddedServerError

__all__ = [
    "EmbeddedServerError",
    "described",
    "development_data",
    "development_postgres",
    "development_server",
]

# By the kinds of sources: what is started, and how. A service has the modules of those that it uses.
_SERVERS = {
    "postgresql": ("a PostgreSQL", "postgresql:development_postgres"),
    "mongodb": ("a SecantusDB", "mongodb:development_mongodb"),
    "redis": ("a Valkey", "valkey:development_valkey"),
}


def described(kind: str) -> str:
    return _SERVERS[kind][0]


def development_data(source: str) -> Path:
    """Where a checkout keeps the data of a source that has no URL."""
    return Path(".dev", source)


def development_server(
    kind: str, directory: Path, *, durable: bool = True, postgres: str | None = None
) -> AbstractContextManager[str]:
    """The URL of a server for a kind of source; of PostgreSQL with the binaries of the directory `postgres`, if any."""
    options = {"binaries": Path(postgres)} if postgres and kind == "postgresql" else {}
    start = resolve_name(f"{__package__}.{_SERVERS[kind][1]}")
    server: AbstractContextManager[str] = start(directory, durable=durable, **options)
    return server
