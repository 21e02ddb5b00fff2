"""Queries over several sources at once: each on a connection of its own, all within one time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple, get_type_hints

from pydantic import TypeAdapter

from ..canonical import digest, full_name
from ..resilience.deadlines import within
from .base import Source

T = TypeVar("T")
Lent = TypeVar("Lent")
Lent_co = TypeVar("Lent_co", covariant=True)
Arguments = TypeVarTuple("Arguments")


class Lending(Protocol[Lent_co]):
    def lend(self) -> AbstractAsyncContextManager[Lent_co]: ...


class DeclaredLending(Protocol[Lent_co]):
    """A declared source, by what it lends: a Database an AsyncConnection, and so on."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> type[Lending[Lent_co]]: ...


class Cache(Protocol):
    """What `run` needs of one."""

    async def get_or_load(
        self, key: str, load: Callable[[], Awaitable[str]], *, tags: Collection[str]
    ) -> str: ...


@dataclass(frozen=True, eq=False)
class Query(Generic[T]):
    """A question to one source, which can be asked any number of times; equal only to itself."""

    source: DeclaredLending[Any]
    function: Callable[..., Awaitable[T]]
    arguments: tuple[Any, ...]
    name: str

    @property
    def key(self) -> str:
        """The same wherever the same is asked; raises TypeError where an argument has no canonical form."""
        return digest([self.source.name, full_name(self.function), self.arguments])

    @property
    def result(self) -> TypeAdapter[T]:
        """Of what the function says that it returns."""
        hints = get_type_hints(self.function)
        if "return" not in hints:
            raise TypeError(
                f"{full_name(self.function)} does not say what it returns, so its result cannot be "
                "taken from a cache: annotate it"
            )
        return TypeAdapter(hints["return"])


def query(
    source: DeclaredLending[Lent],
    function: Callable[[Lent, *Arguments], Awaitable[T]],
    *arguments: *Arguments,
    name: str | None = None,
) -> Query[T]:
    """To call `function` with what the source lends and the arguments; `name` is for messages."""
    return Query(source, function, arguments, name or function.__name__)


@dataclass(frozen=True)
class _Failure:
    error: Exception


class Results(Mapping[Query[Any], Any]):
    """What the queries came to, each by itself: a value, or the error that is raised when it is asked for."""

    def __init__(self, queries: Iterable[Query[Any]], outcomes: Sequence[Any]) -> None:
        """`outcomes` are values and failures, in the order of the queries."""
        self.outcomes = outcomes
        self._outcome = dict(zip(queries, outcomes, strict=True))

    @property
    def failures(self) -> Mapping[Query[Any], Exception]:
        outcomes = self._outcome.items()
        return {query: each.error for query, each in outcomes if isinstance(each, _Failure)}

    def __getitem__(self, query: Query[T]) -> T:
        outcome = self._outcome[query]
        if isinstance(outcome, _Failure):
            raise outcome.error
        value: T = outcome
        return value

    def __iter__(self) -> Iterator[Query[Any]]:
        return iter(self._outcome)

    def __len__(self) -> int:
        return len(self._outcome)


@dataclass(frozen=True)
class Turns:
    """A source, and how many queries may be at it."""

    source: Source[Any]
    semaphore: asyncio.Semaphore

    async def take(self, query: Query[T]) -> T:
        async def work() -> T:
            async with self.source.lend() as lent:
                return await query.function(lent, *query.arguments)

        async with self.semaphore:
            return await self.source.ask(work)


async def run(queries: Sequence[Query[Any]], turns: Sequence[Turns], seconds: float) -> Results:
    """All at once, as far as they have their turns; none fails with another."""
    return Results(
        queries,
        await asyncio.gather(
            *(
                _outcome(within(turn.take(query), seconds))
                for query, turn in zip(queries, turns, strict=True)
            )
        ),
    )


async def _outcome(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await work
    except Exception as error:
        return _Failure(error)


class IncompleteError(Exception):
    """Some queries failed, so the whole is not to be kept."""

    def __init__(self, results: Results) -> None:
        super().__init__(", ".join(f"{query.name} failed" for query in results.failures))
        self.results = results


async def cached(
    queries: Sequence[Query[Any]],
    load: Callable[[], Awaitable[Results]],
    cache: Cache,
    tags: Collection[str],
) -> Results:
    """The whole, under one key."""
    adapters = [query.result for query in queries]

    async def text() -> str:
        results = await load()
        if results.failures:
            raise IncompleteError(results)
        pairs = zip(adapters, results.outcomes, strict=True)
        return json.dumps([adapter.dump_json(value).decode() for adapter, value in pairs])

    try:
        parts = json.loads(
            await cache.get_or_load(digest([query.key for query in queries]), text, tags=tags)
        )
    except IncompleteError as error:
        return Results(queries, error.results.outcomes)
    pairs = zip(adapters, parts, strict=True)
    return Results(queries, [adapter.validate_json(part) for adapter, part in pairs])
