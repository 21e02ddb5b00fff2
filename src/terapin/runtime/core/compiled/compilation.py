"""Statements compiled once, and what is bound to them each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.expression import ClauseElement

Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """An argument: one value for ever, or the one that is given under a name, as the driver takes it."""

    name: str | None
    value: Any = None
    process: Process | None = None

    def fill(self, values: Mapping[str, Any]) -> Any:
        if self.name is None:
            return self.value
        value = values[self.name]
        return value if self.process is None else self.process(value)


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    slots: Sequence[Slot]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        return [slot.fill(values) for slot in self.slots]


def compiled(query: ClauseElement, dialect: Dialect) -> Statement:
    """What is left to be bound are the query's `bindparam` without a value."""
    made: Any = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    slots = []
    for name in made.positiontup:
        bind, process = made.binds[name], made._bind_processors.get(name)
        if bind.required:
            slots.append(Slot(bind.key, process=process))
        else:
            value = made.params[name]
            slots.append(Slot(None, process(value) if process else value))
    return Statement(made.string, tuple(slots))
