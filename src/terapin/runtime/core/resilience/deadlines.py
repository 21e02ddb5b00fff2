"""Deadlines: every wait is bounded, and one that is set outside shrinks those inside."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, Token, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

_until: ContextVar[float | None] = ContextVar("until", default=None)
_TURNS = 10
_leaving: set[asyncio.Task[Any]] = set()

# Seconds after which what was cancelled is cancelled again.
_AGAIN = 0.1


class DeadlineExceededError(TimeoutError):
    """There was no answer within `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:.3g} s")
        self.seconds = seconds


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """What is inside has so many seconds, or what is left of those that are set outside."""
    token = ending_at(time.monotonic() + seconds)
    try:
        yield
    finally:
        token.var.reset(token)


def ending_at(moment: float) -> Token[float | None]:
    """A deadline from here on, to where the token is reset."""
    outer = _until.get()
    return _until.set(moment if outer is None else min(outer, moment))


def without_deadline() -> Context:
    """The caller's context, less its deadlines: for work that others wait for as well."""
    context = copy_context()
    context.run(_until.set, None)
    return context


def remaining(seconds: float) -> float:
    """What is left of the deadline, at most `seconds` and at least 0."""
    until = _until.get()
    return seconds if until is None else max(0.0, min(seconds, until - time.monotonic()))


async def within(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """What is not done in time, or no longer wanted, is cancelled and left behind.

    Nobody waits for it to end: to leave a server that has stopped answering takes time. Raises DeadlineExceededError.
    """
    seconds = remaining(seconds)
    with deadline(seconds):
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task}, timeout=seconds)
            await turns(task.done)
        except asyncio.CancelledError:
            leave(task)
            raise
    if task.done():
        return task.result()
    leave(task)
    raise DeadlineExceededError(seconds)


async def turns(is_done: Callable[[], bool]) -> None:
    """If it is the loop that was late, the answer is there and has only to be read."""
    for _ in range(_TURNS):
        if is_done():
            return
        await asyncio.sleep(0)


async def apart(work: Coroutine[Any, Any, T]) -> T:
    """In a task of its own: who is cancelled meanwhile leaves it behind, and does not wait for its end."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        leave(task)
        raise
    return task.result()


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancels them until they have ended.

    Once may not be enough: `asyncio.wait_for` of Python 3.11 loses a cancellation that comes as its work ends.
    """
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=_AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)


def leave(task: asyncio.Task[Any]) -> None:
    """Cancel it, and do not wait for its end."""
    task.cancel()
    _left_alone(task)


def aside(work: Coroutine[Any, Any, object]) -> None:
    """Have it done, and do not wait for its end."""
    _left_alone(asyncio.create_task(work))


def _left_alone(task: asyncio.Task[Any]) -> None:
    _leaving.add(task)
    task.add_done_callback(_left)


def _left(task: asyncio.Task[Any]) -> None:
    _leaving.discard(task)
    if not task.cancelled() and (error := task.exception()):
        logger.debug("what was left behind ended with %r", error)
