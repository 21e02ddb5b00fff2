"""What the compiler makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from terapin.tera.errors import Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    span: Span
    # What the messages of a `FaultError` begin with.
    label: str
    # The variables that are Python locals there, for the list of names of an undefined one.
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    source: Source
    code: str
    # By the lines of the code.
    places: dict[int, Place]
    # The Python names that the code uses for filters, functions and tests.
    callees: dict[str, Callable[..., object]]
    # By their names in the template, the names of the Python functions.
    blocks: dict[str, str]
    macros: dict[str, str]


@dataclass(slots=True)
class Scope:
    """A loop or a macro: its variables are locals of the Python function."""

    is_loop: bool
    bound: dict[str, str] = field(default_factory=dict)
    # By `set`, so perhaps not yet; these hide `bound`.
    assigned: dict[str, str] = field(default_factory=dict)
    loop_members: dict[str, str] = field(default_factory=dict)


class Code:
    """Python source as it grows; a marked line is one whose place is known."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.line = 1
        self.indent = 0
        self.places: dict[int, Place] = {}

    def write(self, text: str) -> None:
        self.parts.append(text)

    def statement(self, text: str) -> None:
        self.parts.append("\n" + "    " * self.indent + text)
        self.line += 1

    def mark(self, place: Place) -> None:
        self.parts.append("\n")
        self.line += 1
        self.places[self.line] = place
