"""The command of a service: dev, serve, migrate, seed."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import uvicorn
from alembic.util import CommandError
from pydantic import ValidationError
from uvicorn.supervisors import ChangeReload

from . import stores
from .embedded import EmbeddedServerError, described, development_data, development_server
from .errors import brief
from .logs import configure_logging
from .migrations import package_directory
from .samples import CannotFillError
from .seeding import Progress
from .settings import MissingUrlError, ServiceSettings
from .sources.declared import Declared
from .stores import StoreError

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1

_host = click.option("--host", default="127.0.0.1", show_default=True)
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


def service_cli(package: str) -> click.Group:
    """The commands of the service in `package`, which has the modules settings, sources, main and endpoints."""
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

        A data source without a URL gets a server of its own, which ends with this command; its data stay.
        """
        with _told(), _bound(host, port) as listening, service.running() as settings:
            service.migrate(settings)
            if rows:
                service.fill(settings, rows, only_empty=True)
            click.echo(f"http://{host}:{port}  (documentation: http://{host}:{port}/docs)")
            service.serve_and_reload(listening)

    @main.command()
    @_host
    @_port
    @click.option("--workers", default=1, show_default=True, type=click.IntRange(1))
    def serve(host: str, port: int, workers: int) -> None:
        """Serve in production, on what `migrate` brought up to date."""
        with _told():
            service.serve(host, port, workers)

    @main.command()
    def migrate() -> None:
        """Bring tables and collections up to date."""
        with _told(), service.running(only_stores=True) as settings:
            click.echo("\n".join(service.migrate(settings) or ["there is nothing to migrate"]))

    @main.command("seed")
    @click.option("--rows", type=click.IntRange(1), required=True, help="How many for each table.")
    @click.option("--seed", "seed_", default=0, help="Another number gives other data.")
    def seed_command(rows: int, seed_: int) -> None:
        """Add believable data."""
        with _told(), service.running() as settings:
            service.migrate(settings)
            service.fill(settings, rows, seed=seed_)

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

    @property
    def sources(self) -> Sequence[Declared[Any]]:
        declared: Sequence[Declared[Any]] = self._module("sources").sources
        return declared

    @property
    def caches(self) -> Sequence[Any]:
        has_any = find_spec(f"{self.package}.caches") is not None
        return self._module("caches").caches if has_any else ()

    @contextmanager
    def running(self, *, only_stores: bool = False) -> Iterator[ServiceSettings]:
        """The settings, with URLs of embedded servers where they have none; for child processes too."""
        settings = self.settings()
        os.environ.setdefault(settings.variable("environment"), "development")
        needed = stores.stores(self.sources) if only_stores else self.sources
        with ExitStack() as stack:
            for source in needed:
                if getattr(settings, source.name).url is None:
                    url = stack.enter_context(self._embedded(source, settings))
                    os.environ[settings.variable(source.name, "url")] = url
            yield self.settings()

    def _embedded(
        self, source: Declared[Any], settings: ServiceSettings
    ) -> AbstractContextManager[str]:
        kind, data = source.kind.kind, self._home() / development_data(source.name)
        unset = settings.variable(source.name, "url")
        click.echo(f"{unset} is not set: using {described(kind)} of its own in {data}", err=True)
        postgres = os.environ.get(settings.variable("dev_postgres_bin"))
        return development_server(kind, data, postgres=postgres)

    def migrate(self, settings: ServiceSettings) -> list[str]:
        return stores.migrate(self.package, settings, self.sources)

    def fill(
        self, settings: ServiceSettings, rows: int, *, seed: int = 0, only_empty: bool = False
    ) -> None:
        async def filled() -> list[str]:
            lines = await stores.fill(
                settings,
                self.sources,
                self._module("endpoints").resources,
                rows=rows,
                seed=seed,
                only_empty=only_empty,
                progress=_progress(),
            )
            if lines and self.caches:
                await stores.forget(self._module("main").create_app(settings), self.caches)
            return lines

        for line in asyncio.run(filled()):
            click.echo(line, err=True)

    def serve(self, host: str, port: int, workers: int) -> None:
        settings = self.settings()
        if missing := settings.missing(each.name for each in self.sources):
            raise MissingUrlError(*missing)
        configure_logging(settings)
        uvicorn.run(**self._server(), host=host, port=port, workers=workers)

    def serve_and_reload(self, listening: socket.socket) -> None:
        """Ends with Ctrl-C, SIGTERM or SIGHUP, and with the terminal."""
        configure_logging(self.settings())
        directory = package_directory(self.package)
        watched = [each for each in (directory, directory.parent / "migrations") if each.is_dir()]
        config = uvicorn.Config(**self._server(), reload=True, reload_dirs=[*map(str, watched)])
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        serving = partial(_serve_with_parent, config)
        reload = ChangeReload(config, target=serving, sockets=[listening])
        reload.startup()
        # What changes may have come with a migration, which only a new process can read.
        reload.target = partial(serving, package=self.package)
        for changes in reload:
            if changes:
                logger.warning("reloading because of %s", ", ".join(each.name for each in changes))
                reload.restart()
        reload.shutdown()

    def catch_up(self) -> None:
        """Bring up to date what a reload finds changed; what hinders it is logged."""
        settings = self.settings()
        configure_logging(settings)
        try:
            with _told():
                if missing := settings.missing(each.name for each in self.sources):
                    raise MissingUrlError(*missing)
                self.migrate(settings)
        except click.ClickException as error:
            logger.error("this is not up to date; start dev again: %s", error.message)

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


def _progress() -> Progress | None:
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


def _serve_with_parent(
    config: uvicorn.Config, sockets: list[socket.socket], *, package: str | None = None
) -> None:
    """The process that a reload replaces; on Linux it ends even when its parent is killed.

    The service in `package` is brought up to date first.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if package is not None:
        _Service(package).catch_up()
    uvicorn.Server(config).run(sockets=sockets)


@contextmanager
def _told() -> Iterator[None]:
    """What the user can mend is told in a line, not by a traceback."""
    try:
        yield
    except (
        CannotFillError,
        CommandError,
        EmbeddedServerError,
        MissingUrlError,
        StoreError,
    ) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(str(error)) from error
