"""Migrates and starts the services whose directories are the arguments, on servers that they share.

A program, since what it imports is not for the process of the tests.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.embedded import development_server


def main(projects: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        servers = Servers(Path(directory), stack)
        for project in projects:
            sys.path.append(str(project))
            start(project.name, servers)


@dataclass(frozen=True)
class Servers:
    """One of each kind, from when it is first asked for."""

    directory: Path
    stack: ExitStack
    urls: dict[str, str] = field(default_factory=dict)

    def url(self, kind: str, database: str) -> str:
        """On PostgreSQL of an empty database; MongoDB's is named by the settings."""
        if kind not in self.urls:
            server = development_server(kind, self.directory / kind, durable=False)
            self.urls[kind] = self.stack.enter_context(server)
        url = self.urls[kind]
        return asyncio.run(made_database(url, database)) if kind == "postgresql" else url


def start(package: str, servers: Servers) -> None:
    declared = import_module(f"{package}.sources").sources
    urls: dict[str, dict[str, Any]] = {
        each.name: {"url": servers.url(each.kind.kind, f"{package}_{each.name}"[-63:])}
        for each in declared
    }
    if find_spec(f"{package}.tasks"):
        valkey = servers.url("redis", package)
        urls["tasks"] = {"broker_url": valkey, "results_url": valkey}
    if find_spec(f"{package}.core.security"):
        urls["security"] = {"secret": "x" * 32, "jwks": None, "algorithms": ()}
    if find_spec(f"{package}.core.accounts"):
        urls["accounts"] = {"verification": False}
    settings = import_module(f"{package}.settings").Settings(**urls)
    if "database" in urls:
        migrations = import_module(f"{package}.core.migrations")
        migrations.upgrade(package, settings)
        assert migrations.differences(package, settings) is None, package
    asyncio.run(answer(package, declared, settings))


async def answer(package: str, declared: Any, settings: Any) -> None:
    if find_spec(f"{package}.core.documents"):
        manager = import_module(f"{package}.core.sources.manager")
        documents = import_module(f"{package}.core.documents")
        async with manager.Sources(declared, settings) as sources:
            await documents.prepare(sources)
    app = import_module(f"{package}.main").create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service.test") as client,
    ):
        ready = await client.get("/health/ready")
        assert ready.status_code == 200, (package, ready.text)
        states = {name: each["status"] for name, each in ready.json()["sources"].items()}
        assert states == {each.name: "up" for each in declared}, package
        document = (await client.get("/openapi.json")).json()
        assert len(document["paths"]) > 2, package


async def made_database(server: str, name: str) -> str:
    url = make_url(server)
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(f'CREATE DATABASE "{name}"'))
    await engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
