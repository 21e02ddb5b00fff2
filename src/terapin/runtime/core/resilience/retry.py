"""Retries with full jitter, from a budget that all callers of a source share."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .deadlines import remaining

T = TypeVar("T")

# Of a hundred calls, ten may be made again.
_SHARE = 0.1
_AT_FIRST = 3.0
_FOREVER = 1e9


class Budget:
    """However many callers retry, a source that is in trouble gets little more than its usual load.

    `saved` is how many retries may be saved up: what can fail at one blow.
    """

    def __init__(self, saved: float = 10.0) -> None:
        self.retries = 0
        self.conflicts = 0
        self.refused = 0
        self._limit = saved
        self._saved = min(_AT_FIRST, saved)

    def earn(self) -> None:
        self._saved = min(self._limit, self._saved + _SHARE)

    def spend(self) -> bool:
        if self._saved < 1:
            self.refused += 1
            return False
        self._saved -= 1
        self.retries += 1
        return True


class Retry:
    """`attempts` are all there are, the first included; waits are between 0 and a bound that grows by `multiplier`."""

    def __init__(
        self,
        *,
        attempts: int,
        min_wait: float,
        max_wait: float,
        multiplier: float,
        saved: float = 10.0,
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.budget = Budget(saved)
        self._attempts = attempts
        self._min_wait = min_wait
        self._max_wait = max_wait
        self._multiplier = multiplier
        self._chance = chance
        self._sleep = sleep

    async def run(
        self,
        work: Callable[[], Awaitable[T]],
        may_retry: Callable[[BaseException], bool],
        *,
        is_conflict: Callable[[BaseException], bool] = lambda _: False,
    ) -> T:
        """`work` is called again after an error that `may_retry`, as long as there is time for it.

        A conflict is the answer of a source that is well: to try again takes nothing from the budget.
        """
        self.budget.earn()
        try:
            return await work()
        except Exception as error:
            return await self.again(work, error, may_retry, is_conflict=is_conflict)

    async def again(
        self,
        work: Callable[[], Awaitable[T]],
        error: Exception,
        may_retry: Callable[[BaseException], bool],
        *,
        is_conflict: Callable[[BaseException], bool],
    ) -> T:
        """After a first attempt that ended with this error, which is raised if there is to be no other one."""
        for attempt in range(1, self._attempts):
            wait = self.wait(attempt)
            if not may_retry(error) or wait >= remaining(_FOREVER):
                break
            if is_conflict(error):
                self.budget.conflicts += 1
            elif not self.budget.spend():
                break
            await self._sleep(wait)
            try:
                return await work()
            except Exception as next_error:
                error = next_error
        raise error

    def wait(self, attempt: int) -> float:
        """Seconds before the next attempt, after so many."""
        bound = self._min_wait * self._multiplier ** (attempt - 1)
        return self._chance() * min(self._max_wait, bound)
