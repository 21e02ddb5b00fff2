"""Migrates and makes the services whose directories are the arguments, each on an empty database of its own.

A program, since what it imports is not for the process of the tests.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.embedded import development_postgres


def main(projects: list[Path]) -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        development_postgres(Path(directory), durable=False) as server,
    ):
        for project in projects:
            sys.path.append(str(project))
            start(project.name, asyncio.run(made_database(server, project.name)))


def start(package: str, database: str) -> None:
    settings = import_module(f"{package}.settings").Settings(database={"url": SecretStr(database)})
    migrations = import_module(f"{package}.core.migrations")
    migrations.upgrade(package, settings)
    assert migrations.differences(package, settings) is None, package
    document = import_module(f"{package}.main").create_app(settings).openapi()
    assert len(document["paths"]) > 2, package


async def made_database(server: str, name: str) -> str:
    url = make_url(server)
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
