"""The commands of a service with tasks: worker, beat, flower, relay, tasks."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import asyncpg
import click
from celery import Celery

from ..database import Database
from ..errors import Unavailable
from ..logs import configure_logging
from ..settings import MissingUrlError, ServiceSettings
from ..sources.declared import Declared
from ..sources.manager import Sources
from .application import celery_for, task_settings
from .declared import Tasks
from .ledger import Ledger
from .publishing import Publisher
from .relay import Relay
from .results import Results
from .table import State
from .worker import WorkerError, nodes, run_nodes

T = TypeVar("T")

# Seconds after which Flower forgets a worker; one that is started again has another name.
_OFFLINE = 300

_STATES = [state.value for state in State]
_DATABASE = ("database",)
_ENDED = [state.value for state in State if state.has_ended]


class Service(Protocol):
    package: str

    def settings(self) -> ServiceSettings: ...

    def running(
        self, only: Collection[str] | None = None
    ) -> AbstractContextManager[ServiceSettings]: ...

    @property
    def sources(self) -> Sequence[Declared[Any]]: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def celery(self) -> Celery: ...


def add_commands(
    main: click.Group,
    service: Service,
    told: Callable[[], AbstractContextManager[None]],
) -> None:
    """`told` makes lines of errors that a user can mend."""

    @main.command()
    @click.option("--pool", "pools", multiple=True, help="Only these; else all there are.")
    @click.option("--concurrency", type=click.IntRange(1), help="Processes of each pool.")
    def worker(pools: tuple[str, ...], concurrency: int | None) -> None:
        """Run tasks."""
        with told():
            tasks, settings = service.tasks, _complete(service)
            _check(tasks, pools)
            configure_logging(settings)
            own = task_settings(settings)
            chosen = [*nodes(tasks, own, pools or tasks.pools, concurrency)]
            try:
                run_nodes(service.package, chosen)
            except WorkerError as error:
                raise click.ClickException(str(error)) from None

    @main.command()
    def beat() -> None:
        """Send what is scheduled. One is enough; a second does no harm."""
        with told():
            _complete(service)
            service.celery.start(["--quiet", "beat"])

    @main.command()
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", type=click.IntRange(1, 65535), help="Else that of the settings.")
    def flower(host: str, port: int | None) -> None:
        """Show workers and tasks in a browser, to whoever has the password."""
        with told():
            settings = _complete(service)
            own = task_settings(settings)
            if own.flower_password is None or not own.flower_password.get_secret_value():
                raise MissingUrlError(settings.variable("tasks", "flower_password"))
            # Not as an argument, since it may show those.
            os.environ["FLOWER_BASIC_AUTH"] = (
                f"{own.flower_user}:{own.flower_password.get_secret_value()}"
            )
            port = port or own.flower_port
            click.echo(f"http://{host}:{port}", err=True)
            options = (f"--address={host}", f"--port={port}", f"--purge-offline-workers={_OFFLINE}")
            service.celery.start(["flower", *options])

    @main.command()
    def relay() -> None:
        """Publish what is due, where the processes of the API do not."""
        with told():
            settings = _complete(service)
            configure_logging(settings)
            asyncio.run(_relay(service.tasks, settings))

    @main.group("tasks")
    def tasks_group() -> None:
        """Look at tasks that were sent, run dead ones again, cancel others."""

    @tasks_group.command("list")
    @click.option("--state", type=click.Choice(_STATES), default="dead", show_default=True)
    @click.option("--task", help="Only those of this name.")
    @click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
    def list_(state: str, task: str | None, limit: int) -> None:
        """Show them, those that were sent last first."""
        with told(), service.running(_DATABASE) as settings:
            rows = _ask(settings, lambda ledger: ledger.listed(State(state), task, limit))
            for row in rows:
                told_at = f"{row['created_at']:%Y-%m-%d %H:%M:%S}"
                error = (row["error"] or "").partition("\n")[0]
                click.echo(f"{row['id']}  {told_at}  {row['name']}  {row['attempts']}x  {error}")

    @tasks_group.command()
    @click.argument("id_", metavar="[ID]", type=click.UUID, required=False)
    @click.option("--all", "all_", is_flag=True, help="All that are dead.")
    @click.option("--task", help="Only those of this name, with --all.")
    def retry(id_: UUID | None, all_: bool, task: str | None) -> None:
        """Run dead tasks again, from their first attempt on."""
        if (id_ is None) is not all_:
            raise click.UsageError("say either an ID or --all")
        with told(), service.running(_DATABASE) as settings:
            done = _ask(settings, lambda ledger: ledger.replay(id_, task))
            if id_ is not None and not done:
                raise click.ClickException(f"{id_} is not dead")
            click.echo(f"{len(done)} sent again")

    @tasks_group.command()
    @click.option("--state", type=click.Choice(_ENDED), default="dead", show_default=True)
    @click.option(
        "--days", type=click.FloatRange(0), default=0, help="Only those that ended so long ago."
    )
    @click.option("--task", help="Only those of this name.")
    @click.confirmation_option(prompt="They are gone for good. Go on?")
    def purge(state: str, days: float, task: str | None) -> None:
        """Remove tasks that have ended."""
        with told(), service.running(_DATABASE) as settings:
            number = _ask(settings, lambda ledger: ledger.purge([State(state)], days, task))
            click.echo(f"{number} removed")

    @tasks_group.command()
    @click.argument("id_", metavar="ID", type=click.UUID)
    def cancel(id_: UUID) -> None:
        """Cancel a task, be it running."""
        with told(), service.running([*_DATABASE, "tasks"]) as settings:
            was = _ask(settings, lambda ledger: ledger.cancel(id_))
            if was is None:
                raise click.ClickException(f"{id_} has ended, or never was")
            if was is State.RUNNING:
                asyncio.run(Results(celery_for(service.tasks, settings)).end(id_))
            click.echo(f"it was {was}")


def _check(tasks: Tasks, pools: Sequence[str]) -> None:
    for pool in pools:
        if pool not in tasks.pools:
            raise click.UsageError(f"there is no pool {pool}: there are {', '.join(tasks.pools)}")
    for task in tasks:
        try:
            task.function()
        except (ImportError, AttributeError) as error:
            raise click.ClickException(
                f"the handler of {task.name} cannot be found: {error}"
            ) from None


def _complete(service: Service) -> ServiceSettings:
    """Raises MissingUrlError."""
    settings = service.settings()
    task_settings(settings)
    if missing := settings.missing(each.name for each in service.sources):
        raise MissingUrlError(*missing)
    return settings


def _ask(settings: ServiceSettings, question: Callable[[Ledger], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with _database(settings) as sources:
            return await question(Ledger(cast(Database, sources.named("database"))))

    try:
        return asyncio.run(ask())
    except asyncpg.UndefinedTableError as error:
        raise click.ClickException(f"{error}: `migrate` makes it") from None
    except Unavailable as error:
        raise click.ClickException(str(error.detail)) from None


def _database(settings: ServiceSettings) -> Sources:
    return Sources([Declared("database", Database)], settings, application="tasks")


async def _relay(tasks: Tasks, settings: ServiceSettings) -> None:
    ending = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, ending.set)
    async with _database(settings) as sources:
        database = cast(Database, sources.named("database"))
        own = task_settings(settings)
        publisher = Publisher(celery_for(tasks, settings), own.publish_timeout)
        async with Relay(tasks, database, publisher, own).running():
            await ending.wait()
