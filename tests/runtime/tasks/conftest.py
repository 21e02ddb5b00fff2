"""A desk has the API alone, in an office there is a worker, and of what may be killed there is one for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from terapin.runtime.core.migrations import upgrade

from ..blog.settings import Settings as BlogSettings
from ..caching.valkey import Valkey, running
from ..harness import database
from ..mailroom.settings import Settings
from .brokers import RabbitMQ, rabbitmq_running
from .office import BROKERS, PACKAGE, Office, opened, settings_for, working


@pytest.fixture(scope="session")
def tasks_migrated(server: BlogSettings) -> Iterator[BlogSettings]:
    """A database with the tables of the mailroom, which those of the tests are copies of."""
    with asyncio.Runner() as runner:
        context = database(server)
        template = runner.run(context.__aenter__())
        upgrade(PACKAGE, Settings.model_validate(template.model_dump()))
        yield template
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    with rabbitmq_running(tmp_path_factory.mktemp("rabbitmq")) as broker:
        yield broker


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Which is not killed."""
    with running(tmp_path_factory.mktemp("results")) as server:
        yield server


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    directory = tmp_path / "valkey"
    directory.mkdir()
    with running(directory) as server:
        yield server


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, valkey: Valkey) -> Valkey | RabbitMQ:
    """To be killed and started again, too."""
    if request.param == "valkey":
        return valkey
    rabbitmq: RabbitMQ = request.getfixturevalue("rabbitmq")
    return rabbitmq


@pytest.fixture
def broker_url(broker: Valkey | RabbitMQ) -> str:
    return broker.url if isinstance(broker, Valkey) else broker.own_url()


@pytest.fixture
async def desk(
    server: BlogSettings, tasks_migrated: BlogSettings, results: Valkey, tmp_path: Path
) -> AsyncIterator[Office]:
    """The mailroom's API without a relay, where tasks are run by the tests themselves."""
    async with database(server, tasks_migrated) as own:
        settings = settings_for(own, results.url, results.url, relay=False)
        async with opened(settings, tmp_path) as office:
            yield office


@pytest.fixture(scope="session", params=BROKERS)
def place_of_work(
    request: pytest.FixtureRequest,
    server: BlogSettings,
    tasks_migrated: BlogSettings,
    results: Valkey,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Settings, Path]]:
    """A database, a broker and a worker, and where that writes its log.

    On Valkey the worker is the one that Celery's own command starts.
    """
    directory = tmp_path_factory.mktemp("office")
    by_celery = request.param == "valkey"
    broker = results.url if by_celery else request.getfixturevalue("rabbitmq").own_url()
    command = CELERY if by_celery else WORKER
    with asyncio.Runner() as runner:
        context = database(server, tasks_migrated)
        settings = settings_for(runner.run(context.__aenter__()), broker, results.url)
        with working(settings, directory, *command):
            yield settings, directory
        runner.run(context.__aexit__(None, None, None))


CELERY = ("-m", "celery", "-A", f"{PACKAGE}.tasks:app", "worker", "--concurrency", "3")
WORKER = ("-m", PACKAGE, "worker", "--concurrency", "2")


@pytest.fixture
async def office(place_of_work: tuple[Settings, Path]) -> AsyncIterator[Office]:
    """The mailroom's API, which relays, and a worker; nothing is left of what was sent before."""
    async with opened(*place_of_work) as office:
        await office.execute("TRUNCATE task_runs, letters RESTART IDENTITY")
        yield office
