"""The connections to PostgreSQL: bounded in number, in waiting and in idleness, and behind the breaker.

Whoever asks for a connection meets the breaker; a request that executes nothing never does.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, ManagesConnection, Pool
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.util import await_, greenlet_spawn

from .resilience.breaker import Breaker, Permit
from .resilience.deadlines import aside, remaining
from .statements import Statements

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


class Place(_ConnectionRecord):
    """One of the pool, with its connection if it has one."""

    use: Use | None = None
    # When it was last of use.
    returned: float = -math.inf
    _statements: Statements | None = None

    @property
    def statements(self) -> Statements:
        """They end with the connection, whose place another one can take."""
        if self._statements is None or self._statements.adapted is not self.dbapi_connection:
            driver: Any = self.driver_connection
            self._statements = Statements(driver, self.dbapi_connection)
        return self._statements


def use_of(connection: ManagesConnection) -> Use:
    """The one that is going on, of what SQLAlchemy hands out."""
    fairy: Any = connection
    place: Place = fairy._connection_record
    assert place.use
    return place.use


Judge = Callable[[Use, BaseException], None]


class Turns:
    """So many at once; who waits is served in turn.

    A semaphore of asyncio inside of its `timeout` does that too, and takes as long as a small query. Here one timer
    does for all who wait.
    """

    def __init__(self, limit: int) -> None:
        self.free = limit
        self._limit = limit
        # Until when.
        self._waiting: dict[asyncio.Future[None], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = math.inf

    async def wait(self, seconds: float) -> None:
        """Raises SQLAlchemy's TimeoutError."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        until = self._waiting[turn] = time.monotonic() + seconds
        if until < self._next:
            self._look_at(until, loop)
        try:
            await turn
        except TimeoutError:
            message = f"none of {self._limit} connections became free within {seconds:.3g} s"
            raise PoolTimeout(message) from None
        except BaseException:
            self._waiting.pop(turn, None)
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # It came, and whoever waited for it has left.
                self.give_back()
            raise

    def give_back(self) -> None:
        while self._waiting:
            turn = next(iter(self._waiting))
            del self._waiting[turn]
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1

    def _look_at(self, moment: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._next = moment
        # Not in the context of whoever happens to wait.
        seconds = max(0.0, moment - time.monotonic())
        self._timer = loop.call_later(seconds, self._look, loop, context=Context())

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        for turn in [turn for turn, until in self._waiting.items() if until <= now]:
            del self._waiting[turn]
            if not turn.done():
                turn.set_exception(TimeoutError())
        self._timer, self._next = None, math.inf
        if self._waiting:
            self._look_at(min(self._waiting.values()), loop)


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
        self._turns = Turns(limit)
        self._idle: deque[Place] = deque()
        self._disposed = False
        self._doubted = -_WARY

    @property
    def used(self) -> int:
        return self._limit - self._turns.free

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
        while len(self._idle) > keep and self._idle[0].returned <= before:
            self._idle.popleft().close()

    async def borrow(self) -> Place:
        """For what speaks to the driver itself; it ends with `take_back` or with `drop`."""
        if self._turns.free:
            self._turns.free -= 1
        else:
            self._breaker.check()
            await self._turns.wait(remaining(self._timeout))
        try:
            place = self._at_hand()
            return await greenlet_spawn(self._connected) if place is None else place
        except BaseException:
            self._turns.give_back()
            raise

    def take_back(self, place: Place) -> None:
        if self._disposed:
            place.invalidate()
        self._do_return_conn(place)

    def drop(self, place: Place, error: BaseException) -> None:
        """What is of no more use. It is closed behind the caller's back, and has its turn until it is."""
        aside(greenlet_spawn(self._drop, place, error))

    def _drop(self, place: Place, error: BaseException) -> None:
        try:
            place.invalidate(error)
        finally:
            self._do_return_conn(place)

    def doubt(self) -> None:
        """One connection was lost, so those that are idle may be, too: they are asked before they are used."""
        self._doubted = time.monotonic()

    def _is_trusted(self, place: Place, driver: Any) -> bool:
        is_recent = place.returned > max(self._doubted + _WARY, time.monotonic() - _TRUSTED)
        return is_recent and not driver.is_closed()

    def _at_hand(self) -> Place | None:
        """One that can be used without asking anybody."""
        if not self._idle:
            return None
        place = self._idle[-1]
        if place._is_hard_or_soft_invalidated():
            return None
        if not self._is_trusted(place, place.statements.driver):
            return None
        place.use = Use(self._breaker.admit())
        self._idle.pop()
        return place

    def _do_get(self) -> Place:
        if self._turns.free:
            self._turns.free -= 1
        else:
            self._breaker.check()
            await_(self._turns.wait(remaining(self._timeout)))
        try:
            return self._connected()
        except BaseException:
            self._turns.give_back()
            raise

    def _connected(self) -> Place:
        use = Use(self._breaker.admit())
        place = self._idle.pop() if self._idle else Place(self, connect=False)
        try:
            if place.driver_connection is not None and not self._is_alive(place):
                place.invalidate()
            place.get_connection()
        except BaseException as error:
            self._judge(use, error)
            place.invalidate(error)
            raise
        place.use = use
        return place

    def _is_alive(self, place: Place) -> bool:
        driver: Any = place.driver_connection
        if self._is_trusted(place, driver):
            return True
        if driver.is_closed():
            return False
        dialect: Any = self._dialect
        try:
            dialect.do_ping(place.dbapi_connection)
        except TimeoutError:
            raise
        except (OSError, dialect.loaded_dbapi.Error):
            return False
        return True

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        """What went wrong was judged when it did."""
        assert isinstance(record, Place)
        if record.use is not None:
            record.use.permit.succeeded()
            record.use = None
        try:
            if self._disposed:
                record.close()
            elif record.dbapi_connection is not None:
                record.returned = time.monotonic()
                self._idle.append(record)
        finally:
            self._turns.give_back()
