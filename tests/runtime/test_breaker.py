"""The breaker, on a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from terapin.runtime.core.resilience.breaker import Breaker, BreakerOpen, Permit, State

FAILURES = 3
RESET = 10.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("store", failures=FAILURES, reset=RESET, clock=clock)


def opened(breaker: Breaker) -> None:
    for _ in range(FAILURES):
        breaker.admit().failed()
    assert state(breaker) is State.OPEN


def state(breaker: Breaker) -> State:
    """Which changes behind the type checker's back."""
    return breaker.state


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    for _ in range(FAILURES - 1):
        breaker.admit().failed()
    breaker.admit().succeeded()
    for _ in range(FAILURES - 1):
        breaker.admit().failed()
    assert state(breaker) is State.CLOSED
    breaker.admit().failed()
    assert (state(breaker), breaker.openings) == (State.OPEN, 1)


def test_while_it_is_open_the_time_that_is_left_is_told(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += RESET - 2.5
    with pytest.raises(BreakerOpen) as refused:
        breaker.admit()
    assert refused.value.status_code == 503
    assert refused.value.headers == {"Retry-After": "3"}


def test_of_fifty_at_half_open_one_gets_through(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += RESET
    assert state(breaker) is State.HALF_OPEN
    permits = [permit for permit in (attempt(breaker) for _ in range(50)) if permit]
    assert len(permits) == 1
    permits[0].succeeded()
    assert state(breaker) is State.CLOSED


def attempt(breaker: Breaker) -> Permit | None:
    try:
        return breaker.admit()
    except BreakerOpen:
        return None


def test_a_probe_that_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += RESET
    breaker.admit().failed()
    assert (state(breaker), breaker.seconds_left, breaker.openings) == (State.OPEN, RESET, 2)


def test_a_probe_that_says_nothing_leaves_it_to_the_next(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += RESET
    breaker.admit().abandoned()
    assert state(breaker) is State.HALF_OPEN
    breaker.admit().succeeded()
    assert state(breaker) is State.CLOSED


def test_a_probe_that_is_never_heard_of_again_holds_nobody_up_for_long(
    breaker: Breaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += RESET
    lost = breaker.admit()
    clock.now += RESET - 0.1
    assert attempt(breaker) is None
    clock.now += 0.1
    second = breaker.admit()
    assert attempt(breaker) is None
    lost.abandoned()
    assert attempt(breaker) is None
    second.succeeded()
    assert state(breaker) is State.CLOSED


def test_calls_of_before_decide_nothing(breaker: Breaker, clock: Clock) -> None:
    slow, slower = breaker.admit(), breaker.admit()
    opened(breaker)
    slow.succeeded()
    assert state(breaker) is State.OPEN
    clock.now += RESET
    probe = breaker.admit()
    slower.failed()
    assert state(breaker) is State.HALF_OPEN
    probe.succeeded()
    assert state(breaker) is State.CLOSED


def test_the_first_verdict_counts(breaker: Breaker) -> None:
    for _ in range(FAILURES):
        permit = breaker.admit()
        permit.succeeded()
        permit.failed()
    assert state(breaker) is State.CLOSED


async def test_a_cancelled_call_neither_counts_nor_keeps_its_permit(
    breaker: Breaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += RESET

    async def call() -> None:
        with breaker.guarding(lambda _: False):
            await asyncio.sleep(60)

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    assert attempt(breaker) is None
    task.cancel()
    await asyncio.wait({task})
    assert state(breaker) is State.HALF_OPEN
    assert attempt(breaker) is not None


def test_an_error_that_is_no_outage_is_an_answer(breaker: Breaker) -> None:
    for _ in range(FAILURES):
        with pytest.raises(KeyError), breaker.guarding(lambda error: isinstance(error, OSError)):
            raise KeyError
    assert state(breaker) is State.CLOSED
    for _ in range(FAILURES):
        with pytest.raises(OSError, match="gone"), breaker.guarding(lambda _: True):
            raise OSError("gone")
    assert state(breaker) is State.OPEN


class Machine(RuleBasedStateMachine):
    """Calls begin, end in any order and way, or never; time passes."""

    permits = Bundle("permits")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = Breaker("store", failures=FAILURES, reset=RESET, clock=self.clock)
        # When the last probe began, and whether it may still be at it.
        self.probe: Permit | None = None
        self.began = 0.0

    @rule(target=permits)
    def begin(self) -> Permit | None:
        state = self.breaker.state
        permit = attempt(self.breaker)
        if state is State.CLOSED:
            assert permit is not None
        if state is State.OPEN:
            assert permit is None
        if state is State.HALF_OPEN:
            at_it = self.probe is not None and self.clock.now < self.began + RESET
            assert (permit is None) == at_it
            if permit is not None:
                self.probe, self.began = permit, self.clock.now
        return permit

    @rule(permit=consumes(permits), verdict=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, permit: Permit | None, verdict: str) -> None:
        if permit is None:
            return
        current = permit is self.probe
        getattr(permit, verdict)()
        if current:
            self.probe = None
            expected = {
                "succeeded": State.CLOSED,
                "failed": State.OPEN,
                "abandoned": State.HALF_OPEN,
            }
            assert self.breaker.state is expected[verdict]
        elif self.breaker.state is not State.HALF_OPEN:
            self.probe = None

    @rule(quarters=st.integers(0, int(8 * RESET)))
    def wait(self, quarters: int) -> None:
        """In steps that floats add without an error."""
        self.clock.now += quarters / 4

    @invariant()
    def never_shut_for_longer_than_the_reset(self) -> None:
        assert 0 <= self.breaker.seconds_left <= RESET

    def teardown(self) -> None:
        """Whatever happened, after a while it lets a call through, which can close it."""
        self.clock.now += RESET
        self.breaker.admit().succeeded()
        assert self.breaker.state is State.CLOSED


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
