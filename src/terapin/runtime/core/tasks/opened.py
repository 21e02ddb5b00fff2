"""The tasks of an application while it runs: its relay, and what is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast

from fastapi import FastAPI

from ..database import Database
from ..settings import ServiceSettings
from ..sources.manager import Sources
from .application import celery_for, task_settings
from .declared import Tasks
from .metrics import watched
from .publishing import Publisher
from .relay import Relay
from .relays import announce_relay
from .results import Results


@dataclass(frozen=True, slots=True)
class TaskLifespan:
    """There is a relay, unless the settings say that another process has one."""

    tasks: Tasks

    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        settings: ServiceSettings = app.state.settings
        own = task_settings(settings)
        database = cast(Database, sources.named("database"))
        app.state.tasks = self.tasks
        async with AsyncExitStack() as stack:
            app.state.task_results = results = Results(celery_for(self.tasks, settings))
            stack.callback(results.close)
            relay = None
            if own.relay:
                publisher = Publisher(celery_for(self.tasks, settings), own.publish_timeout)
                relay = Relay(self.tasks, database, publisher, own)
                await stack.enter_async_context(relay.running())
                announce_relay(sources, relay)
                stack.callback(announce_relay, sources, None)
            stack.enter_context(watched(app.state.metrics, self.tasks, database, relay))
            yield
