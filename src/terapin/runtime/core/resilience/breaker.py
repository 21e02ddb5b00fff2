"""The circuit breaker: calls to a source that fails are refused until it has been tried again.

It is for one event loop, where nothing happens between two `await`s: no lock is needed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from ..errors import Unavailable

logger = logging.getLogger(__name__)


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class BreakerOpen(Unavailable):
    """The source was not asked; `seconds` is how long that stays so."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__("a source of the service does not answer", retry_after=seconds)
        self.name = name


class Breaker:
    """Opens after so many failures in a row, and lets one call through after `reset` seconds.

    That call decides: its success closes the breaker, its failure opens it again, and if nobody knows how it
    ended, the next call is the one. So it is too once a call is at it for `reset` seconds: a permit that is
    never given back holds nobody up for longer. Calls that began before the breaker last changed decide nothing.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int,
        reset: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.openings = 0
        self._limit = failures
        self._reset = reset
        self._clock = clock
        self._failures = 0
        # Until when nobody is let through; None while everybody is.
        self._until: float | None = None
        self._probe: Permit | None = None
        self._epoch = 0

    @property
    def state(self) -> State:
        if self._until is None:
            return State.CLOSED
        return State.OPEN if self.seconds_left > 0 else State.HALF_OPEN

    @property
    def seconds_left(self) -> float:
        """Until a call is let through; 0 while one is at it, which can end at any time."""
        if self._until is None or self._probe is not None:
            return 0.0
        return max(0.0, self._until - self._clock())

    def check(self) -> None:
        """Raises BreakerOpen if `admit` would, for what has to wait before it can begin."""
        if self._until is not None and self._clock() < self._until:
            raise BreakerOpen(self.name, self.seconds_left)

    def admit(self) -> Permit:
        """To be told how the call ended, whatever happens. Raises BreakerOpen."""
        permit = Permit(self, self._epoch)
        if self._until is not None:
            self.check()
            self._probe = permit
            self._until = self._clock() + self._reset
        return permit

    @contextmanager
    def guarding(self, is_outage: Callable[[BaseException], bool]) -> Iterator[None]:
        """One call. What is no outage is an answer, and a cancellation says nothing."""
        permit = self.admit()
        try:
            yield
        except BaseException as error:
            permit.ended_with(error, is_outage)
            raise
        permit.succeeded()

    def _judge(self, permit: Permit, *, failed: bool | None) -> None:
        if permit.epoch != self._epoch:
            return
        if failed is None:
            if permit is self._probe:
                self._probe = None
                self._until = self._clock()
        elif failed:
            self._failures += 1
            if self._until is not None or self._failures >= self._limit:
                self._open()
        else:
            self._close()

    def _open(self) -> None:
        self._change(self._clock() + self._reset)
        self.openings += 1
        logger.warning("%s fails: it is not asked for %g s", self.name, self._reset)

    def _close(self) -> None:
        self._failures = 0
        if self._until is not None:
            self._change(None)
            logger.info("%s answers again", self.name)

    def _change(self, until: float | None) -> None:
        self._until = until
        self._probe = None
        self._epoch += 1


class Permit:
    """The right to make one call; the first verdict counts."""

    __slots__ = ("_breaker", "_given", "epoch")

    def __init__(self, breaker: Breaker, epoch: int) -> None:
        self._breaker = breaker
        self._given = False
        self.epoch = epoch

    def succeeded(self) -> None:
        breaker = self._breaker
        if breaker._until is None and not breaker._failures:
            # One more changes nothing.
            self._given = True
        else:
            self._end(failed=False)

    def failed(self) -> None:
        self._end(failed=True)

    def abandoned(self) -> None:
        """Nobody knows how the call would have ended."""
        self._end(failed=None)

    def ended_with(self, error: BaseException, is_outage: Callable[[BaseException], bool]) -> None:
        if is_outage(error):
            self.failed()
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            self.abandoned()
        else:
            self.succeeded()

    def _end(self, *, failed: bool | None) -> None:
        if not self._given:
            self._given = True
            self._breaker._judge(self, failed=failed)
