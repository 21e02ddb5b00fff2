"""The command of a service: dev, serve, migrate, seed."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import uvicorn
from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy import NullPool
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from uvicorn.supervisors import ChangeReload

from .embedded import DEVELOPMENT_DATA, EmbeddedServerError, development_postgres
from .errors import brief
from .logs import configure_logging
from .migrations import package_directory, upgrade
from .resource import Resources
from .samples import CannotFill
from .seeding import has_rows, seed
from .settings import MissingUrlError, ServiceSettings

_PR_SET_PDEATHSIG = 1

_host = click.option("--host", default="127.0.0.1", show_default=True)
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


def service_cli(package: str) -> click.Group:
    """The commands of the service in `package`, which has the modules settings, main and endpoints."""
    service = _Service(package)

    @click.group(package.rpartition(".")[2])
    def main() -> None:
        """Run the service."""

    @main.command()
    @_host
    @_port
    @click.option("--rows", type=click.IntRange(1), help="Fill empty tables with as many rows.")
    def dev(host: str, port: int, rows: int | None) -> None:
        """Serve on this machine and reload what changes.

        Without a database URL a PostgreSQL is started, which ends with this command; its data stay.
        """
        with _told(), _bound(host, port) as listening, service.database() as settings:
            service.migrate(settings)
            if rows:
                service.fill(settings, rows, seed_=0, only_empty=True)
            click.echo(f"http://{host}:{port}  (documentation: http://{host}:{port}/docs)")
            service.serve_and_reload(listening)

    @main.command()
    @_host
    @_port
    @click.option("--workers", default=1, show_default=True, type=click.IntRange(1))
    def serve(host: str, port: int, workers: int) -> None:
        """Serve in production, on a migrated database."""
        with _told():
            service.serve(host, port, workers)

    @main.command()
    def migrate() -> None:
        """Bring the database to the newest revision."""
        with _told(), service.database() as settings:
            service.migrate(settings)
            click.echo("the database is up to date")

    @main.command("seed")
    @click.option("--rows", type=click.IntRange(1), required=True, help="How many for each table.")
    @click.option("--seed", "seed_", default=0, help="Another number gives other data.")
    def seed_command(rows: int, seed_: int) -> None:
        """Add believable data."""
        with _told(), service.database() as settings:
            service.migrate(settings)
            service.fill(settings, rows, seed_=seed_, only_empty=False)

    return main


class _Service:
    def __init__(self, package: str) -> None:
        self.package = package

    def settings(self) -> ServiceSettings:
        class_: type[ServiceSettings] = self._module("settings").Settings
        try:
            return class_()
        except ValidationError as error:
            fault = error.errors(include_input=False)[0]
            name, message = class_.variable(*map(str, fault["loc"])), brief(fault["msg"])
            raise click.ClickException(f"{name} {message}") from None

    @contextmanager
    def database(self) -> Iterator[ServiceSettings]:
        """The settings, with the URL of an embedded server if they have none; for child processes too."""
        settings = self.settings()
        os.environ.setdefault(settings.variable("environment"), "development")
        if settings.database.url is not None:
            yield self.settings()
            return
        binaries = os.environ.get(settings.variable("dev_postgres_bin"))
        data = self._home() / DEVELOPMENT_DATA
        unset = settings.variable("database", "url")
        click.echo(f"{unset} is not set: using a PostgreSQL of its own in {data}", err=True)
        with development_postgres(data, binaries=Path(binaries) if binaries else None) as url:
            os.environ[settings.variable("database", "url")] = url
            yield self.settings()

    def migrate(self, settings: ServiceSettings) -> None:
        upgrade(self.package, settings)

    def fill(self, settings: ServiceSettings, rows: int, *, seed_: int, only_empty: bool) -> None:
        asyncio.run(_fill(settings, self._module("endpoints").resources, rows, seed_, only_empty))

    def serve(self, host: str, port: int, workers: int) -> None:
        settings = self.settings()
        if missing := settings.missing(each.name for each in self._module("sources").sources):
            raise MissingUrlError(*missing)
        configure_logging(settings)
        uvicorn.run(**self._server(), host=host, port=port, workers=workers)

    def serve_and_reload(self, listening: socket.socket) -> None:
        """Ends with Ctrl-C, SIGTERM or SIGHUP, and with the terminal."""
        configure_logging(self.settings())
        config = uvicorn.Config(
            **self._server(), reload=True, reload_dirs=[str(package_directory(self.package))]
        )
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        ChangeReload(config, target=partial(_serve_with_parent, config), sockets=[listening]).run()

    def _server(self) -> dict[str, Any]:
        """What `uvicorn` is told in either case; requests are logged by core."""
        return {
            "app": f"{self.package}.main:create_app",
            "factory": True,
            "log_config": None,
            "access_log": False,
            "server_header": False,
        }

    def _home(self) -> Path:
        """The directory of the project in a checkout, else the current one."""
        checkout = package_directory(self.package).parent
        return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()

    def _module(self, name: str) -> Any:
        return import_module(f"{self.package}.{name}")


async def _fill(
    settings: ServiceSettings, resources: Resources, rows: int, seed_: int, only_empty: bool
) -> None:
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    async with engine.begin() as connection:
        if not (only_empty and await has_rows(connection, resources)):
            made = await seed(connection, resources, rows=rows, seed=seed_, progress=_progress())
            click.echo(f"added {sum(made.values()):,} rows to {len(made)} tables", err=True)
    await engine.dispose()


def _progress() -> Callable[[str, int, int], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(table: str, made: int, wanted: int) -> None:
        click.echo(f"\r\x1b[K{table}: {made:,} of {wanted:,}", nl=made >= wanted, err=True)

    return show


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """Listens before anything is started, so that a busy port is the first thing to be told."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {host}:{port}: {error.strerror}"
            ) from None
        listening.set_inheritable(True)
        yield listening


def _serve_with_parent(config: uvicorn.Config, sockets: list[socket.socket]) -> None:
    """The process that a reload replaces; on Linux it ends even when its parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    uvicorn.Server(config).run(sockets=sockets)


@contextmanager
def _told() -> Iterator[None]:
    """What the user can mend is told in a line, not by a traceback."""
    try:
        yield
    except (CannotFill, CommandError, EmbeddedServerError, MissingUrlError) as error:
        raise click.ClickException(str(error)) from None
    except (OSError, InterfaceError, OperationalError) as error:
        raise click.ClickException(f"the database does not answer: {_brief(error)}") from error
    except SQLAlchemyError as error:
        raise click.ClickException(f"the database refuses: {_brief(error)}") from error


def _brief(error: Exception) -> str:
    return str(getattr(error, "orig", error)).partition("\n")[0]
