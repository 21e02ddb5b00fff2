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

    That call decides: its success closes the breaker, its failure opens it again, and without a verdict the
    next call is the one. Calls that began before the breaker last changed decide nothing.
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
        self._opened: float | None = None
        self._probe: Permit | None = None
        self._epoch = 0

    @property
    def state(self) -> State:
        if self._opened is None:
            return State.CLOSED
        return State.OPEN if self.seconds_left > 0 else State.HALF_OPEN

    @property
    def seconds_left(self) -> float:
        """Until the next call is let through."""
        if self._opened is None:
            return 0.0
        return max(0.0, self._opened + self._reset - self._clock())

    def admit(self) -> Permit:
        """To be told how the call ended, whatever happens. Raises BreakerOpen."""
        if self._opened is None:
            return Permit(self, self._epoch)
        if self.seconds_left > 0 or self._probe is not None:
            raise BreakerOpen(self.name, self.seconds_left)
        self._probe = Permit(self, self._epoch)
        return self._probe

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
        if permit is self._probe:
            self._probe = None
        if permit.epoch != self._epoch or failed is None:
            return
        if not failed:
            self._close()
            return
        self._failures += 1
        if self._opened is not None or self._failures >= self._limit:
            self._open()

    def _open(self) -> None:
        self._opened = self._clock()
        self._epoch += 1
        self.openings += 1
        logger.warning("%s fails: it is not asked for %g s", self.name, self._reset)

    def _close(self) -> None:
        self._failures = 0
        if self._opened is not None:
            self._opened = None
            self._epoch += 1
            logger.info("%s answers again", self.name)


class Permit:
    """The right to make one call; the first verdict counts."""

    __slots__ = ("_breaker", "_given", "epoch")

    def __init__(self, breaker: Breaker, epoch: int) -> None:
        self._breaker = breaker
        self._given = False
        self.epoch = epoch

    def succeeded(self) -> None:
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
