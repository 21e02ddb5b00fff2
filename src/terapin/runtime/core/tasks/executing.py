"""How a process of a worker runs a task: it claims the run, does the work, and writes down how that ended."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from celery import Celery, current_app
from celery.exceptions import Ignore, Reject

from ..database import Database
from ..logs import context
from ..settings import ServiceSettings
from ..sources.declared import Declared
from ..sources.manager import Sources
from .attempt import Attempt
from .declared import Json, Task, Tasks
from .ledger import Claimed, Ledger
from .process import Process
from .publishing import HEADER
from .settings import TaskSettings

logger = logging.getLogger(__name__)

# Seconds for which the parent process waits for the table of runs.
_TELLING = 2.0


class Execution:
    """Of the tasks of a service by a worker; `process` is that part of it which each child process has of its own."""

    def __init__(self, tasks: Tasks, app: Celery, settings: Callable[[], ServiceSettings]) -> None:
        self.tasks = tasks
        self.app = app
        self.settings = settings
        self.process = Process(tasks, settings)

    def is_current(self) -> bool:
        return current_app._get_current_object() is self.app

    def check(self) -> None:
        """Every handler is there, before a worker takes its first message."""
        for task in self.tasks:
            if not callable(task.function()):
                raise TypeError(f"{task.handler} is no function")

    @property
    def own(self) -> TaskSettings:
        settings: Any = self.settings()
        own: TaskSettings = settings.tasks
        return own

    def run(self, task: Task[Any], celery_task: Any, parameters: Json) -> Any:
        """Called by Celery, in the main thread of a child process."""
        request = celery_task.request
        id_, worker = _uuid(request.id), f"{request.hostname}/{os.getpid()}"
        self.process.start()
        with self.process.current(), logged(task, id_):
            ledger = Ledger(self.process.database)
            own = bool(request.get(HEADER))
            claimed = self._claim(ledger, task, id_, worker, None if own else parameters)
            if claimed is None:
                logger.info("%s of %s is done, or being done, elsewhere", id_, task.name)
                raise Ignore

            def keep(value: Any, state: str) -> None:
                celery_task.backend.store_result(request.id, value, state, request=request)

            return Attempt(task, claimed, ledger, self.process.bridge, self.own.lease, keep).make()

    def _claim(
        self, ledger: Ledger, task: Task[Any], id_: UUID, worker: str, arrived: Json | None
    ) -> Claimed | None:
        async def claim() -> Claimed | None:
            if arrived is not None:
                await ledger.arrived(id_, task.name, arrived)
            return await ledger.claim(id_, task, self.own.lease, worker)

        try:
            return self.process.bridge.wait(ledger.patiently(claim))
        except Exception as error:
            if not ledger.database.is_outage(error):
                raise
            # What no relay has sent is known to nobody else yet.
            raise Reject(error, requeue=True) from error

    def expire(self, name: str, id_: str) -> None:
        """Celery keeps all results for the same time."""
        if task := self.tasks.by_name.get(name):
            backend: Any = self.app.backend
            try:
                backend.client.expire(backend.get_key_for_task(id_), int(task.result_ttl))
            except Exception as error:
                logger.warning("the result of %s is kept for longer: %r", id_, error)

    def tell(self, id_: UUID, task: Task[Any], worker: str, error: str, *, wait: bool) -> None:
        """From the parent process, which has no loop of its own and must not be held up."""

        async def told() -> None:
            declared = Declared("database", Database)
            async with Sources([declared], self.settings(), application="worker") as sources:
                await Ledger(sources[declared]).lost(id_, task, worker, error, wait)

        def tell() -> None:
            try:
                asyncio.run(told())
            except Exception as failure:
                logger.warning("%s is found to be lost by its lease: %r", id_, failure)

        telling = threading.Thread(target=tell, daemon=True)
        telling.start()
        telling.join(_TELLING)


@contextmanager
def logged(task: Task[Any], id_: UUID) -> Iterator[None]:
    token = context.set({"task": task.name, "task_id": str(id_), "queue": task.route})
    try:
        yield
    finally:
        context.reset(token)


def _uuid(id_: str) -> UUID:
    """Those that other senders make up need not be one."""
    try:
        return UUID(id_)
    except ValueError:
        raise Reject(f"{id_} is no UUID", requeue=False) from None
