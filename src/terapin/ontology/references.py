"""What data sources and entities name of what configures them, and tasks, channels and messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .statements import Stated, Statements


@dataclass(frozen=True, slots=True)
class Reference:
    """`declared` is what it can mean, by IRI."""

    stated: Stated[str]
    declared: Mapping[str, object]

    @property
    def is_known(self) -> bool:
        return self.stated.value in self.declared


def references(statements: Statements) -> Iterator[Reference]:
    for source in statements.sources.values():
        yield from _stated(
            (source.pool, statements.pools),
            (source.breaker, statements.breakers),
            (source.retry, statements.retries),
            (source.cache, statements.caches),
        )
    for entity in statements.entities.values():
        yield from _stated(
            (entity.data_source, statements.sources), (entity.cache, statements.caches)
        )
    for task in statements.tasks:
        yield from _stated(
            *((entity, statements.entities) for entity in task.triggers.values()),
            *((parameter.entity, statements.entities) for parameter in task.parameters),
        )

    for channel in statements.channels:
        yield from _stated(
            (channel.streams, statements.entities),
            *((each, statements.messages) for each in channel.messages),
        )
    for message in statements.messages.values():
        yield from _stated(
            (message.entity, statements.entities),
            *((field.entity, statements.entities) for field in message.fields),
        )


def _stated(*named: tuple[Stated[str] | None, Mapping[str, object]]) -> Iterator[Reference]:
    for stated, declared in named:
        if stated:
            yield Reference(stated, declared)
