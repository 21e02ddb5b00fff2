"""Retries, without waiting for them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terapin.runtime.core.resilience.deadlines import deadline
from terapin.runtime.core.resilience.retry import Budget, Retry


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def retry(waits: Waits, **others: float) -> Retry:
    options = {"attempts": 3, "min_wait": 0.1, "max_wait": 1.0, "multiplier": 2.0, **others}
    return Retry(**options, chance=lambda: 1.0, sleep=waits)  # type: ignore[arg-type]


class Flaky:
    """Fails so many times."""

    def __init__(self, failures: int) -> None:
        self.calls = 0
        self._failures = failures

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._failures:
            raise OSError(self.calls)
        return "done"


def always(_: BaseException) -> bool:
    return True


async def test_it_is_done_again_until_it_succeeds() -> None:
    waits, work = Waits(), Flaky(2)
    assert await retry(waits).run(work, always) == "done"
    assert work.calls == 3
    assert waits.seconds == [0.1, 0.2]


async def test_attempts_have_a_limit_and_waits_a_bound() -> None:
    waits, work = Waits(), Flaky(100)
    with pytest.raises(OSError, match="6"):
        await retry(waits, attempts=6, saved=100).run(work, always, is_conflict=always)
    assert work.calls == 6
    assert waits.seconds == [0.1, 0.2, 0.4, 0.8, 1.0]


async def test_what_may_not_be_done_again_is_not() -> None:
    work = Flaky(1)
    with pytest.raises(OSError, match="1"):
        await retry(Waits()).run(work, lambda _: False)
    assert work.calls == 1


async def test_nothing_is_begun_for_which_there_is_no_time() -> None:
    waits, work = Waits(), Flaky(1)
    with deadline(0.05), pytest.raises(OSError, match="1"):
        await retry(waits).run(work, always)
    assert (work.calls, waits.seconds) == (1, [])


def test_jitter_is_full() -> None:
    chance = random.Random(0)
    one = Retry(attempts=5, min_wait=0.1, max_wait=1.0, multiplier=2.0, chance=chance.random)
    for attempt, bound in ((1, 0.1), (2, 0.2), (4, 0.8), (9, 1.0)):
        waits = [one.wait(attempt) for _ in range(2000)]
        assert 0 <= min(waits) < 0.02 * bound
        assert 0.98 * bound < max(waits) <= bound
        assert sum(waits) / len(waits) == pytest.approx(bound / 2, rel=0.1)


async def test_in_an_outage_all_callers_together_add_a_tenth() -> None:
    waits = Waits()
    one = retry(waits)
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1
        raise OSError("away")

    for _ in range(1000):
        with pytest.raises(OSError, match="away"):
            await one.run(work, always)
    assert 1000 < calls <= 1000 * 1.1 + 3
    assert one.budget.retries == calls - 1000
    assert one.budget.refused > 0


async def test_conflicts_take_nothing_from_the_budget() -> None:
    one = retry(Waits(), attempts=30)
    for _ in range(20):
        assert await one.run(Flaky(29), always, is_conflict=always) == "done"
    assert (one.budget.retries, one.budget.refused) == (0, 0)
    assert one.budget.conflicts == 20 * 29


@given(st.lists(st.booleans()), st.floats(1, 50))
def test_the_budget_never_gives_more_than_was_earned(spends: list[bool], saved: float) -> None:
    budget = Budget(saved)
    earned = 0
    for spend in spends:
        if spend:
            budget.spend()
        else:
            earned += 1
            budget.earn()
    assert budget.retries <= min(3, saved) + 0.1 * earned + 1e-9
    assert budget.retries + budget.refused == sum(spends)
