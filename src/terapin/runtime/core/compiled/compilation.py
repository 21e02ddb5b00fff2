"""Statements compiled once, and what is bound to them each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.expression import ClauseElement

Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """`constants` are its arguments, of which those in the places of `given` come each time, by their names.

    Those of `asked` are what somebody says each time.
    """

    text: str
    constants: Sequence[Any]
    given: Sequence[tuple[int, str, Process | None]]
    asked: Sequence[tuple[int, Callable[[], Any], Process | None]] = ()

    def arguments(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """As the driver takes them."""
        arguments = [*self.constants]
        for place, name, process in self.given:
            value = values[name]
            arguments[place] = value if process is None else process(value)
        return self.again(arguments)

    def again(self, arguments: Sequence[Any]) -> Sequence[Any]:
        """The same ones, but for what was asked."""
        if not self.asked:
            return arguments
        current = [*arguments]
        for place, ask, process in self.asked:
            value = ask()
            current[place] = value if process is None else process(value)
        return current


def compiled(query: ClauseElement, dialect: Dialect) -> Statement:
    """What is left to be bound are the query's `bindparam` without a value."""
    made: Any = query.compile(dialect=dialect)
    required = {bind.key: None for bind in made.binds.values() if bind.required}
    # With a parameter for each value of an IN.
    expanded = made.construct_expanded_state(required)
    processes = {**made._bind_processors, **expanded.processors}
    constants: list[Any] = []
    given: list[tuple[int, str, Process | None]] = []
    asked: list[tuple[int, Callable[[], Any], Process | None]] = []
    for place, name in enumerate(expanded.positiontup or ()):
        bind, process = made.binds.get(name), processes.get(name)
        constant = None
        if bind is not None and bind.required:
            given.append((place, bind.key, process))
        elif bind is not None and bind.callable is not None:
            asked.append((place, bind.callable, process))
        else:
            value = expanded.additional_parameters[name] if bind is None else bind.value
            constant = process(value) if process else value
        constants.append(constant)
    return Statement(expanded.statement, constants, given, asked)
