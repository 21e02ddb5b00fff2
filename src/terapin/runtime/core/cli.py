"""The command of a service: dev, serve, migrate, seed, sql."""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TextIO

import click
import uvicorn
from alembic.util import CommandError
from pydantic import ValidationError
from uvicorn.supervisors import ChangeReload

from . import stores
from .embedded import EmbeddedServerError, described, development_data, development_server
from .errors import brief
from .explain import CannotExplainError, explain
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
        with _told(), _bound(host, port) as listening:
            service.check_guarded(service.settings(), is_here=_is_loopback(host))
            with service.running() as settings:
                service.migrate(settings)
                if rows:
                    service.fill(settings, rows, only_empty=True)
                click.echo(f"http://{host}:{port}  (documentation: http://{host}:{port}/docs)")
                with service.beside() as restart:
                    service.serve_and_reload(listening, restart)

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
        with _told(), service.running(service.stores) as settings:
            click.echo("\n".join(service.migrate(settings) or ["there is nothing to migrate"]))

    @main.command("seed")
    @click.option("--rows", type=click.IntRange(1), required=True, help="How many for each table.")
    @click.option("--seed", "seed_", default=0, help="Another number gives other data.")
    def seed_command(rows: int, seed_: int) -> None:
        """Add believable data."""
        with _told(), service.running() as settings:
            service.migrate(settings)
            service.fill(settings, rows, seed=seed_)

    @main.command("sql")
    @click.argument("request", required=False, metavar="'GET /PATH'")
    @click.option("--graphql", type=click.File("r"), help="A file with a query, in its place.")
    @click.option("--variables", default="{}", show_default=True, help="Of the query, as JSON.")
    def sql(request: str | None, graphql: TextIO | None, variables: str) -> None:
        """Show the statements of a request that reads, and their plans."""
        method, target, body = _asked(request, graphql, variables)
        with _told(), service.running() as settings:
            service.migrate(settings)
            for line in service.explain(settings, method, target, body):
                click.echo(line)

    if service.has_tasks:
        commands = import_module(f"{__package__}.tasks.cli")
        commands.add_commands(main, service, _told)
    if service.has_security:
        commands = import_module(f"{__package__}.security.cli")
        commands.add_commands(main, service, _told)
    if service.has_accounts:
        commands = import_module(f"{__package__}.accounts.cli")
        commands.add_commands(main, service, _told)
    return main


def _asked(request: str | None, graphql: TextIO | None, variables: str) -> tuple[str, str, bytes]:
    """Method, target and body."""
    if (request is None) == (graphql is None):
        raise click.UsageError("say either a request, as 'GET /path?query', or --graphql FILE")
    if graphql is not None:
        query = graphql.read()
        if re.search(r"^\s*mutation\b", query, re.MULTILINE):
            raise click.UsageError("only queries are explained: a mutation would be carried out")
        try:
            content = {"query": query, "variables": json.loads(variables)}
        except ValueError as error:
            raise click.UsageError(f"--variables is no JSON: {error}") from None
        return "POST", "/graphql", json.dumps(content).encode()
    method, _, target = (request or "").strip().partition(" ")
    if method != "GET" or not target.strip().startswith("/"):
        raise click.UsageError("the request is to be as 'GET /path?query'")
    return method, target.strip(), b""


class _Service:
    def __init__(self, package: str) -> None:
        self.package = package

    def settings(self) -> Any:
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
    def stores(self) -> Collection[str]:
        return [each.name for each in stores.stores(self.sources)]

    @property
    def caches(self) -> Sequence[Any]:
        has_any = find_spec(f"{self.package}.caches") is not None
        return self._module("caches").caches if has_any else ()

    @property
    def has_tasks(self) -> bool:
        modules = (f"{self.package}.tasks", f"{__package__}.tasks")
        return all(find_spec(each) is not None for each in modules)

    @property
    def has_security(self) -> bool:
        return "security" in self._module("settings").Settings.model_fields

    @property
    def has_accounts(self) -> bool:
        return "accounts" in self._module("settings").Settings.model_fields

    @property
    def has_channels(self) -> bool:
        return "realtime" in self._module("settings").Settings.model_fields

    @property
    def tasks(self) -> Any:
        return self._module("tasks").tasks

    @property
    def accounts(self) -> Any:
        return self._module("accounts").accounts

    @property
    def celery(self) -> Any:
        return self._module("tasks").app

    @contextmanager
    def running(self, only: Collection[str] | None = None) -> Iterator[ServiceSettings]:
        """The settings, with URLs of embedded servers where they have none; for child processes too.

        Of the sources of these names, or all, and of what the tasks need under the name "tasks".
        """
        settings = self.settings()
        os.environ.setdefault(settings.variable("environment"), "development")
        with ExitStack() as stack:
            for source in self.sources:
                is_needed = only is None or source.name in only
                if is_needed and getattr(settings, source.name).url is None:
                    unset = settings.variable(source.name, "url")
                    server = self._embedded(source.name, source.kind.kind, [unset], settings)
                    os.environ[unset] = stack.enter_context(server)
            if self.has_tasks and (only is None or "tasks" in only):
                self._run_broker(settings, stack)
            if self.has_security and (only is None or "security" in only):
                self._give_secret(settings)
            yield self.settings()

    def signing(self) -> Any:
        """The settings, with a secret for development if tokens have none."""
        self._give_secret(self.settings())
        return self.settings()

    def _give_secret(self, settings: Any) -> None:
        for name in settings.security.missing():
            unset = settings.variable("security", name)
            data = self._home() / development_data("security")
            click.echo(f"{unset} is not set: using one of its own in {data}", err=True)
            development = import_module(f"{__package__}.security.development")
            os.environ[unset] = development.development_secret(data)

    def _run_broker(self, settings: Any, stack: ExitStack) -> None:
        """A server for what tasks need that has no URL: a database of it each."""
        unset = [settings.variable("tasks", name) for name in settings.tasks.missing()]
        if unset:
            server = self._embedded("tasks", "redis", unset, settings)
            url = stack.enter_context(server)
            for number, name in enumerate(unset):
                os.environ[name] = url.removesuffix("0") + str(number)

    def _embedded(
        self, name: str, kind: str, unset: Sequence[str], settings: ServiceSettings
    ) -> AbstractContextManager[str]:
        data = self._home() / development_data(name)
        told = f"{' and '.join(unset)} {'is' if len(unset) == 1 else 'are'} not set"
        click.echo(f"{told}: using {described(kind)} of its own in {data}", err=True)
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

    def explain(
        self, settings: ServiceSettings, method: str, target: str, body: bytes
    ) -> Iterator[str]:
        logging.disable()
        app = self._module("main").create_app(settings)
        return asyncio.run(explain(app, method, target, body))

    def missing(self, settings: Any) -> list[str]:
        """The variables that it needs to be served."""
        missing: list[str] = settings.missing(each.name for each in self.sources)
        if self.has_tasks:
            missing += [settings.variable("tasks", name) for name in settings.tasks.missing()]
        if self.has_security:
            missing += [settings.variable("security", name) for name in settings.security.missing()]
        return missing

    def check_guarded(self, settings: ServiceSettings, *, is_here: bool = False) -> None:
        """Raises ClickException if nothing says who may do what, and nobody says that this is meant.

        On this machine it warns.
        """
        policies = [each.policy for each in self._module("endpoints").resources]
        if settings.open_to_all or not policies or any(policies):
            return
        told = "the ontology says of no entity who may read or write it"
        if is_here:
            click.echo(f"{told}: everybody may, and `serve` refuses to start", err=True)
            return
        raise click.ClickException(
            f"{told}: state permissions (auth:read, auth:create, auth:update, auth:delete), "
            f"or set {settings.variable('open_to_all')}=true if everybody may"
        )

    def serve(self, host: str, port: int, workers: int) -> None:
        settings = self.settings()
        if missing := self.missing(settings):
            raise MissingUrlError(*missing)
        self.check_guarded(settings)
        if self.has_accounts:
            opened = import_module(f"{__package__}.accounts.opened")
            if reason := opened.hindrance(self.accounts, settings):
                raise click.ClickException(reason)
        configure_logging(settings)
        uvicorn.run(**self._server(), host=host, port=port, workers=workers)

    @contextmanager
    def beside(self) -> Iterator[Callable[[], None]]:
        """What runs beside the API in development: a worker and beat. Gives what starts them anew."""
        if not self.has_tasks:
            yield lambda: None
            return
        companions = import_module(f"{__package__}.tasks.worker").Companions(self.package)
        try:
            yield companions.restart
        finally:
            companions.end()

    def serve_and_reload(
        self, listening: socket.socket, restart: Callable[[], None] = lambda: None
    ) -> None:
        """Ends with Ctrl-C, SIGTERM or SIGHUP, and with the terminal. `restart` is called at the start, too."""
        configure_logging(self.settings())
        directory = package_directory(self.package)
        watched = [each for each in (directory, directory.parent / "migrations") if each.is_dir()]
        config = uvicorn.Config(**self._server(), reload=True, reload_dirs=[*map(str, watched)])
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        serving = partial(_serve_with_parent, config)
        reload = ChangeReload(config, target=serving, sockets=[listening])
        reload.startup()
        restart()
        # What changes may have come with a migration, which only a new process can read.
        reload.target = partial(serving, package=self.package)
        for changes in reload:
            if changes:
                logger.warning("reloading because of %s", ", ".join(each.name for each in changes))
                reload.restart()
                restart()
        reload.shutdown()

    def catch_up(self) -> bool:
        """Bring up to date what a reload finds changed: whether it can be served. What hinders it is logged."""
        try:
            settings = self.settings()
        except click.ClickException as error:
            error.show()
            return False
        configure_logging(settings)
        if self.has_security:
            self._give_secret(settings)
            settings = self.settings()
        if missing := self.missing(settings):
            logger.error(
                "start dev again, which has no server for it yet: %s", MissingUrlError(*missing)
            )
            return False
        try:
            with _told():
                self.migrate(settings)
        except click.ClickException as error:
            logger.error("this is not up to date; start dev again: %s", error.message)
        return True

    def _server(self) -> dict[str, Any]:
        """What `uvicorn` is told in either case; requests are logged by core."""
        sockets: dict[str, Any] = {}
        if self.has_channels:
            # What is framed once for all sockets is not compressed for each.
            protocol = f"{__package__}.realtime.protocol:RealtimeProtocol"
            sockets = {"ws": protocol, "ws_per_message_deflate": False}
        return {
            **sockets,
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


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


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
    if package is not None and not _Service(package).catch_up():
        return
    uvicorn.Server(config).run(sockets=sockets)


@contextmanager
def _told() -> Iterator[None]:
    """What the user can mend is told in a line, not by a traceback."""
    try:
        yield
    except (
        CannotExplainError,
        CannotFillError,
        CommandError,
        EmbeddedServerError,
        MissingUrlError,
        StoreError,
    ) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(str(error)) from error
