"""One attempt of a run: its handler, its lease, and how it ended."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from celery.exceptions import Ignore, Retry, SoftTimeLimitExceeded
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from .declared import Json, Task
from .ledger import Claimed, Ledger, after_failure
from .process import Bridge
from .running import LostRunError, Run
from .table import State

logger = logging.getLogger(__name__)

# A result or a progress, and which of them.
Keep = Callable[[Any, str], None]


class Attempt:
    def __init__(
        self,
        task: Task[Any],
        claimed: Claimed,
        ledger: Ledger,
        bridge: Bridge,
        lease: float,
        keep: Keep,
    ) -> None:
        self.task = task
        self.claimed = claimed
        self.ledger = ledger
        self.bridge = bridge
        self.lease = lease
        self.keep = keep
        self.run = Run(task, claimed, ledger, bridge, self._keep_progress)

    def make(self) -> Any:
        """Returns or raises what Celery is to take for the end of it."""
        try:
            parameters = self.task.read(self.claimed.parameters)
        except ValidationError as error:
            return self._refuse(error)
        renewing = self.bridge.begin(self._renew())
        try:
            value = self._call(self.task.function(), self.run, parameters)
            result = to_jsonable_python(value)
        except LostRunError:
            logger.warning("%s was given to another worker, or cancelled", self.claimed.id)
            raise Ignore from None
        except Exception as error:
            return self._fail(error)
        finally:
            renewing.cancel()
        return self._succeed(result)

    def _call(self, function: Any, *arguments: Any) -> Any:
        if not inspect.iscoroutinefunction(function):
            return function(*arguments)
        try:
            return self.bridge.wait(function(*arguments), self.run.begun, interruptible=True)
        except asyncio.CancelledError:
            if self.run.is_lost:
                raise LostRunError from None
            raise RuntimeError(f"{self.task.handler} was cancelled by itself") from None

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self.lease / 3)
            try:
                held = await self.ledger.renew(self.claimed.id, self.claimed.attempt, self.lease)
            except Exception as error:
                logger.warning("the lease of %s cannot be renewed: %r", self.claimed.id, error)
                continue
            if not held:
                self.run.lose()
                return

    def _succeed(self, result: Any) -> Any:
        self.bridge.wait(self.run.flush())
        if result is not None:
            # Before anybody is told that there is one.
            self._store(result, "SUCCESS")
        claimed, ledger = self.claimed, self.ledger
        succeed = partial(ledger.succeed, claimed.id, claimed.attempt)
        if not self.bridge.wait(ledger.patiently(succeed)):
            raise Ignore
        self._hook("succeeded", result)
        return result

    def _fail(self, error: Exception) -> None:
        state, seconds = after_failure(self.task, self.claimed.attempt)
        if not isinstance(error, SoftTimeLimitExceeded) and not self.task.retries.has(error):
            state, seconds = (State.DEAD if self.task.dead_letter else State.FAILED), 0.0
        told = f"{type(error).__name__}: {error}"
        held = self._ended(state, told, seconds)
        if not held:
            raise Ignore
        if state is State.WAITING:
            which = self.claimed.id, self.task.name
            logger.warning("%s of %s is tried again in %.1f s: %s", *which, seconds, told)
            self._hook("retried", error)
            raise Retry(exc=error, when=seconds) from error
        self._hook("failed", error)
        raise error

    def _refuse(self, error: ValidationError) -> None:
        """Parameters do not become valid by trying again."""
        faults = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        ]
        told = f"the parameters are not valid: {'; '.join(faults)}"
        state = State.DEAD if self.task.dead_letter else State.FAILED
        if not self._ended(state, told, 0.0):
            raise Ignore
        self._hook("failed", error)
        raise ValueError(told) from None

    def _ended(self, state: State, error: str, seconds: float) -> bool:
        claimed, ledger = self.claimed, self.ledger
        fail = partial(ledger.fail, claimed.id, claimed.attempt, state, error, seconds)
        return self.bridge.wait(ledger.patiently(fail))

    def _hook(self, name: str, about: Any) -> None:
        """What a handler's module has to say to how it ended changes nothing of that."""
        function = self.task.function(name)
        if function is None:
            return
        try:
            self._call(function, self.run, about)
        except Exception:
            logger.exception("%s of %s failed", name, self.task.name)

    def _keep_progress(self, progress: Json) -> None:
        self._store(progress, "PROGRESS")

    def _store(self, value: Any, state: str) -> None:
        try:
            self.keep(value, state)
        except Exception as error:
            logger.warning("%s of %s is not kept: %r", state.lower(), self.claimed.id, error)
