"""What every data source has, whatever speaks to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from ..resilience.breaker import Breaker, BreakerOpen
from ..resilience.deadlines import DeadlineExceededError, within
from ..resilience.retry import Retry
from ..settings import SourceSettings

T = TypeVar("T")
Settings = TypeVar("Settings", bound=SourceSettings)

# A source that is silent for so long counts as failing, even if the caller's own deadline was shorter than its.
PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections: at work, open and idle, and as many as there may be."""

    used: int
    idle: int
    limit: int


class Source(ABC, Generic[Settings]):
    """Made without connecting; `open` and `close` are called by `Sources`."""

    kind: ClassVar[str]
    # Whether the service can answer nothing right without it.
    needed: ClassVar[bool] = True

    def __init__(self, name: str, settings: Settings, *, application: str) -> None:
        """`application` is what the server is told of who is asking."""
        self.name = name
        self.settings = settings
        self.application = application
        self.breaker = Breaker(
            name, failures=settings.breaker_failures, reset=settings.breaker_reset
        )
        self.retry = Retry(
            attempts=settings.retry_attempts,
            min_wait=settings.retry_min_wait,
            max_wait=settings.retry_max_wait,
            multiplier=settings.retry_multiplier,
            saved=max(10, settings.pool_max),
        )

    @abstractmethod
    async def open(self) -> None:
        """Open as many connections as are kept; raises whatever is wrong."""

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    async def ping(self) -> None:
        """Ask the server itself, past the breaker; raises whatever is wrong."""

    @abstractmethod
    def pool(self) -> Pool: ...

    @abstractmethod
    def is_outage(self, error: BaseException) -> bool:
        """Whether an error says that the server, not the question, is what is wrong."""

    @abstractmethod
    def may_retry(self, error: BaseException) -> bool:
        """Whether after an error it is certain that nothing was written, and worth another attempt."""

    @abstractmethod
    def lend(self) -> AbstractAsyncContextManager[Any]:
        """What a query works with, as long as it does: of a source with transactions, one that only reads."""

    async def ask(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns, which may be called again: it reads, with what it is lent."""
        return await self.call(work, idempotent=True)

    async def call(
        self, work: Callable[[], Coroutine[Any, Any, T]], *, idempotent: bool = False
    ) -> T:
        """One call: bounded in time, through the breaker, and made again where that is safe."""

        async def attempt() -> T:
            with self.breaker.guarding(self._counts):
                return await within(work(), self.settings.statement_timeout)

        def may_retry(error: BaseException) -> bool:
            # Who was silent for so long would be again, and the caller has waited already.
            if isinstance(error, BreakerOpen | DeadlineExceededError):
                return False
            return self.may_retry(error) or (idempotent and self.is_outage(error))

        return await self.retry.run(attempt, may_retry)

    def _counts(self, error: BaseException) -> bool:
        if isinstance(error, DeadlineExceededError):
            # The time in which a call could be made at all is a little less than it was given.
            return error.seconds >= 0.9 * min(PATIENCE, self.settings.statement_timeout)
        return self.is_outage(error)
