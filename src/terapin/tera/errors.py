from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_LISTED_NAMES = 12


class Span(NamedTuple):
    """A range of offsets into a template's source."""

    start: int
    end: int


class TemplateError(Exception):
    """A template that cannot be compiled or rendered, and the place that is to blame.

    `values` are those that were at hand where rendering failed, the nearest first.
    """

    def __init__(
        self,
        message: str,
        template: str,
        line: int,
        column: int,
        excerpt: str,
        width: int = 1,
        help: str = "",
        notes: tuple[str, ...] = (),
    ) -> None:
        # All of them go to `args`, which is what makes the exception picklable.
        super().__init__(message, template, line, column, excerpt, width, help, notes)
        self.message = message
        self.template = template
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.width = width
        self.help = help
        self.notes = notes
        self.values: tuple[object, ...] = ()

    def __reduce__(self) -> tuple[type[TemplateError], tuple[object, ...]]:
        """Without the values, which could be anything."""
        return type(self), self.args

    def __str__(self) -> str:
        if not self.line:
            return f"error: {self.message}" + (f"\n = help: {self.help}" if self.help else "")
        number = str(self.line)
        gutter = " " * len(number)
        before = self.excerpt[: self.column - 1]
        indent = "".join("\t" if char == "\t" else " " for char in before)
        lines = [
            f"error: {self.message}",
            f"{gutter}--> {self.template}:{self.line}:{self.column}",
            f"{gutter} |",
            f"{number} | {self.excerpt}".rstrip(),
            f"{gutter} | {indent}{'^' * self.width}",
        ]
        lines += [f"{gutter} = note: {note}" for note in self.notes]
        if self.help:
            lines.append(f"{gutter} = help: {self.help}")
        return "\n".join(lines)


class FaultError(Exception):
    """What is wrong, before it is known where.

    The text continues the name of the construct at fault: raised by the filter `upper`,
    `needs a string, got a number` becomes "filter `upper` needs a string, got a number".
    """


class UndefinedError(FaultError):
    def __init__(self, available: Iterable[str], wanted: str, help: str = "") -> None:
        super().__init__("not found")
        self.help = help or names_help(available, wanted)


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    text: str

    def error(
        self, span: Span, message: str, help: str = "", notes: tuple[str, ...] = ()
    ) -> TemplateError:
        line, column = self.position(span.start)
        begin = span.start - column + 1
        end = self.text.find("\n", begin)
        excerpt = self.text[begin : end if end >= 0 else None].rstrip("\r")
        width = max(1, min(span.end, begin + len(excerpt)) - span.start)
        return TemplateError(message, self.name, line, column, excerpt, width, help, notes)

    def position(self, offset: int) -> tuple[int, int]:
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - self.text.rfind("\n", 0, offset)


def suggestion(wanted: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(wanted, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def names_help(available: Iterable[str], wanted: str) -> str:
    names = list(dict.fromkeys(available))
    if not names:
        return "no names are available here"
    listed = ", ".join(names[:_LISTED_NAMES]) + (", …" if len(names) > _LISTED_NAMES else "")
    guess = suggestion(wanted, names)
    return f"names available here: {listed}" + (f" ({guess})" if guess else "")
