"""The connections to PostgreSQL: bounded in number, in waiting and in idleness, and behind the breaker.

Whoever asks for a connection meets the breaker; a request that executes nothing never does.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, ManagesConnection, Pool
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.util import await_, greenlet_spawn

from .resilience.breaker import Breaker, Permit
from .resilience.deadlines import aside, remaining

# A connection that was of use so many seconds ago is not asked first whether it still is.
_TRUSTED = 1.0
# How long after the loss of one every other is asked first: they end one by one.
_WARY = 0.25


class Use:
    """Of a connection, from when it was asked for until it is back."""

    __slots__ = ("asked", "began", "permit")

    def __init__(self, permit: Permit) -> None:
        self.permit = permit
        self.began = self.asked = time.monotonic()


def use_of(connection: ManagesConnection) -> Use:
    """The one that is going on."""
    return cast(Use, _notes(connection)["use"])


def _notes(connection: ManagesConnection) -> dict[str, Any]:
    return cast(dict[str, Any], connection.record_info)


Judge = Callable[[Use, BaseException], None]


class GuardedPool(Pool):
    """SQLAlchemy's own keeps no more connections than are always wanted, and closes and opens those beyond.

    Here all stay until they were idle for too long, the one that was used last is used first, and who waits is
    served in turn. Opening one belongs to the use that needs it: so it is judged, and bounded, with it.
    """

    def __init__(
        self,
        creator: Any,
        limit: int,
        timeout: float,
        breaker: Breaker,
        judge: Judge,
        **options: Any,
    ) -> None:
        """`judge` is told of what goes wrong before a connection can be used."""
        super().__init__(creator, **options)
        self._own: dict[str, Any] = {
            "limit": limit,
            "timeout": timeout,
            "breaker": breaker,
            "judge": judge,
        }
        self._limit = limit
        self._timeout = timeout
        self._breaker = breaker
        self._judge = judge
        self._slots = asyncio.Semaphore(limit)
        self._idle: deque[_ConnectionRecord] = deque()
        self.used = 0
        self._disposed = False
        self._doubted = -_WARY

    @property
    def idle(self) -> int:
        return len(self._idle)

    def status(self) -> str:
        return f"{self.used} connections used, {self.idle} idle, of {self._limit}"

    def recreate(self) -> GuardedPool:
        return GuardedPool(
            self._creator,
            **self._own,
            dialect=self._dialect,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            _dispatch=self.dispatch,
        )

    def dispose(self) -> None:
        self._disposed = True
        self.close_idle(keep=0, seconds=0)

    def close_idle(self, *, keep: int, seconds: float) -> None:
        """What nobody needed for so long, but for as many as are always kept."""
        before = time.monotonic() - seconds
        while len(self._idle) > keep and _notes(self._idle[0])["returned"] <= before:
            self._idle.popleft().close()

    async def borrow(self) -> _ConnectionRecord:
        """For what speaks to the driver itself; it ends with `take_back` or with `drop`."""
        self._breaker.check()
        await self._slot()
        try:
            record = self._at_hand()
            if record is None:
                record = await greenlet_spawn(self._connected)
        except BaseException:
            self._slots.release()
            raise
        self.used += 1
        return record

    def take_back(self, record: _ConnectionRecord) -> None:
        if self._disposed:
            record.invalidate()
        self._do_return_conn(record)

    def drop(self, record: _ConnectionRecord, error: BaseException) -> None:
        """What is of no more use. It is closed behind the caller's back, and has its slot until it is."""
        aside(greenlet_spawn(self._drop, record, error))

    def _drop(self, record: _ConnectionRecord, error: BaseException) -> None:
        try:
            record.invalidate(error)
        finally:
            self._do_return_conn(record)

    def doubt(self) -> None:
        """One connection was lost, so those that are idle may be, too: they are asked before they are used."""
        self._doubted = time.monotonic()

    def _is_trusted(self, record: _ConnectionRecord) -> bool:
        connection: Any = record.driver_connection
        returned: float = _notes(record)["returned"]
        is_recent = returned > max(self._doubted + _WARY, time.monotonic() - _TRUSTED)
        return is_recent and not connection.is_closed()

    def _at_hand(self) -> _ConnectionRecord | None:
        """One that can be used without asking anybody."""
        if not self._idle:
            return None
        record = self._idle[-1]
        if record._is_hard_or_soft_invalidated() or not self._is_trusted(record):
            return None
        use = Use(self._breaker.admit())
        _notes(self._idle.pop())["use"] = use
        return record

    def _do_get(self) -> _ConnectionRecord:
        self._breaker.check()
        await_(self._slot())
        try:
            record = self._connected()
        except BaseException:
            self._slots.release()
            raise
        self.used += 1
        return record

    async def _slot(self) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        seconds = remaining(self._timeout)
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
        except TimeoutError:
            message = f"none of {self._limit} connections became free within {seconds:.3g} s"
            raise PoolTimeout(message) from None

    def _connected(self) -> _ConnectionRecord:
        use = Use(self._breaker.admit())
        record = self._idle.pop() if self._idle else _ConnectionRecord(self, connect=False)
        try:
            if record.driver_connection is not None and not self._is_alive(record):
                record.invalidate()
            record.get_connection()
        except BaseException as error:
            self._judge(use, error)
            record.invalidate(error)
            raise
        _notes(record)["use"] = use
        return record

    def _is_alive(self, record: _ConnectionRecord) -> bool:
        connection: Any = record.driver_connection
        if self._is_trusted(record):
            return True
        if connection.is_closed():
            return False
        dialect: Any = self._dialect
        try:
            dialect.do_ping(record.dbapi_connection)
        except TimeoutError:
            raise
        except (OSError, dialect.loaded_dbapi.Error):
            return False
        return True

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        """What went wrong was judged when it did."""
        use: Use | None = _notes(record).pop("use", None)
        if use is not None:
            use.permit.succeeded()
        self.used -= 1
        try:
            if self._disposed:
                record.close()
            elif record.dbapi_connection is not None:
                _notes(record)["returned"] = time.monotonic()
                self._idle.append(cast(_ConnectionRecord, record))
        finally:
            self._slots.release()
