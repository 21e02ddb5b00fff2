"""What a child process of a worker has of its own: a loop, in a thread, on which the service is open."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar, cast

from billiard.exceptions import SoftTimeLimitExceeded
from fastapi import FastAPI

from ..database import Database, database_of
from ..settings import ServiceSettings
from .declared import Tasks

T = TypeVar("T")

logger = logging.getLogger(__name__)

_STOPPING = 5.0


class Bridge:
    """From a thread to a loop in another one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def wait(
        self,
        work: Coroutine[Any, Any, T],
        begun: Callable[[asyncio.Task[T]], None] | None = None,
        *,
        interruptible: bool = False,
    ) -> T:
        """Blocks until it is done, to its end even if the soft limit comes meanwhile.

        What is `interruptible` is cancelled by the soft limit, and waited for all the same.
        """
        if _is_on_a_loop():
            work.close()
            raise RuntimeError("only plain handlers may wait so: here it is to be awaited")
        running: list[asyncio.Task[T]] = []

        async def run() -> None:
            running.append(asyncio.ensure_future(work))
            if begun is not None:
                begun(running[0])
            await asyncio.wait(running)

        future, limit = self.begin(run()), None
        while True:
            try:
                future.result()
                break
            except SoftTimeLimitExceeded as exceeded:
                limit = exceeded
                if interruptible:
                    self._loop.call_soon_threadsafe(lambda: running[0].cancel())
        try:
            return running[0].result()
        except asyncio.CancelledError:
            if limit is not None:
                raise limit from None
            raise


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _for_one_task(settings: Any) -> Any:
    """Of a process that runs one at a time, is one of many, and answers no requests."""
    own = settings.tasks.model_copy(update={"relay": False})
    database = settings.database.model_copy(update={"pool_min": 0})
    return settings.model_copy(update={"tasks": own, "database": database, "fast_path": False})


class Process:
    """The sources and caches of the service, opened as the API opens them."""

    def __init__(self, tasks: Tasks, settings: Callable[[], ServiceSettings]) -> None:
        self._tasks = tasks
        self._settings = settings
        self._lock = threading.Lock()
        self._bridge: Bridge | None = None
        self._app: FastAPI | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._ready: Future[None] = Future()

    def begin(self) -> None:
        """To open the service, unless that is done or has been begun."""
        with self._lock:
            if self._thread is not None:
                return
            self._ready = Future()
            self._thread = threading.Thread(
                target=asyncio.run, args=(self._open(self._ready),), name="tasks", daemon=True
            )
            self._thread.start()

    def start(self) -> None:
        """Returns when the service is open. What went wrong is tried again by the next that calls."""
        self.begin()
        try:
            self._ready.result()
        except Exception:
            if self._ready.done():
                with self._lock:
                    self._thread = None
            raise

    def stop(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None and self._bridge is not None:
            self._bridge.begin(self._stop())
            thread.join(_STOPPING)

    async def _stop(self) -> None:
        assert self._stopping is not None
        self._stopping.set()

    async def _open(self, opened: Future[None]) -> None:
        try:
            settings: Any = self._settings()
            create_app = import_module(f"{self._tasks.package}.main").create_app
            app: FastAPI = create_app(_for_one_task(settings))
            self._stopping = asyncio.Event()
            async with app.router.lifespan_context(app):
                self._bridge, self._app = Bridge(asyncio.get_running_loop()), app
                opened.set_result(None)
                await self._stopping.wait()
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    @property
    def bridge(self) -> Bridge:
        assert self._bridge is not None
        return self._bridge

    @property
    def database(self) -> Database:
        return cast(Database, database_of(self._opened))

    @property
    def _opened(self) -> FastAPI:
        assert self._app is not None
        return self._app

    @contextmanager
    def current(self) -> Iterator[None]:
        """Inside, the service's sources are the current ones, and so they are for what is begun here."""
        with self._opened.state.sources.current():
            yield
