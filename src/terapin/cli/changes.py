"""How a set of changes is shown: as a list, as diffs, and what a person has to know of it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from ..diagnostics import Span
from ..diagnostics.render import Locator, as_text
from ..diagnostics.render.text import plain
from ..project.history import VERSIONS
from .failures import warn
from .terminal import colored

if TYPE_CHECKING:
    from ..diagnostics import Where
    from ..project.changes import ChangeSet, Conflict, FileChange, Outdated
    from ..project.modules import Left

_COLORS = {
    "create": "green",
    "replace": "yellow",
    "merge": "yellow",
    "mark": "red",
    "move": "cyan",
    "delete": "red",
    "conflict": "red",
}


def listing(changes: ChangeSet) -> Iterator[str]:
    """A line a file: what would be done to it. The deletion that ends a move is part of the move."""
    moved = {change.origin for change in changes.changes}
    for change in changes.changes:
        if change.how != "delete" or change.path not in moved:
            path = f"{change.origin} -> {change.path}" if change.origin else str(change.path)
            yield _line(change.how, path)
    for conflict in changes.conflicts:
        yield _line("conflict", f"{conflict.path} {conflict.reason}")


def _line(word: str, text: str) -> str:
    return f"{_styled(word.ljust(8), fg=_COLORS[word])} {text}"


def diff_of(change: FileChange) -> Iterator[str]:
    """Unified, as `git apply` and `patch -p1` take it."""
    origin = change.origin or change.path
    before = "/dev/null" if change.was is None else f"a/{origin}"
    after = "/dev/null" if change.after is None else f"b/{change.path}"
    if change.origin:
        yield _styled(f"diff --git a/{change.origin} b/{change.path}", bold=True)
        yield _styled(f"rename from {change.origin}", bold=True)
        yield _styled(f"rename to {change.path}", bold=True)
    yield from _diff(change.was or b"", change.after or b"", before, after)


def diff_of_conflict(conflict: Conflict) -> Iterator[str]:
    """What clashes only: the rest would merge."""
    yield from _diff(
        conflict.yours,
        conflict.generated,
        f"{conflict.path} (as you wrote it)",
        f"{conflict.path} (as it is generated now)",
    )


def diff_of_outdated(outdated: Outdated) -> Iterator[str]:
    """What a seeded file was, and what it would be if it were written today."""
    yield from _diff(
        outdated.written or b"",
        outdated.today,
        f"{outdated.path} (as it was written once)",
        f"{outdated.path} (as it would be written today)",
    )


def _diff(before: bytes, after: bytes, before_name: str, after_name: str) -> Iterator[str]:
    lines = difflib.unified_diff(_lines(before), _lines(after), before_name, after_name, n=3)
    for line in lines:
        text = _shown(line.removesuffix("\n"))
        if line.startswith(("---", "+++")):
            yield _styled(text, bold=True)
        elif line.startswith("@@"):
            yield _styled(text, fg="cyan")
        elif line.startswith(("+", "-")):
            yield _styled(text, fg="green" if line.startswith("+") else "red")
        else:
            yield text
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _shown(text: str) -> str:
    """A terminal obeys control characters, a program wants them as they are."""
    return plain(text) if sys.stdout.isatty() else text


def _lines(content: bytes) -> list[str]:
    """Divided where `git apply` divides them: a carriage return alone ends no line."""
    return [line.decode("utf-8", "backslashreplace") for line in BytesIO(content)]


def tell(root: Path, changes: ChangeSet, left: Left) -> None:
    """After a run: what a person has to know."""
    if left.diagnostics:
        locator = Locator(_span, lambda name, number: left.lines[name][number - 1])
        click.echo(as_text(left.diagnostics, locator, color=colored(sys.stderr)), err=True)
    for change in changes.changes:
        if change.how == "mark":
            warn(f"{root / change.path} holds both sides of a conflict: choose between them")
    for path in changes.orphans:
        warn(f"{root / path} is no longer generated, but was edited: it is yours now")
    for path, line in _open_questions(changes):
        warn(f"{root / path}:{line} asks what rows get that are already there")


def _open_questions(changes: ChangeSet) -> Iterator[tuple[PurePosixPath, int]]:
    """Lines of new migrations that somebody has to complete."""
    from ..layers.migrations.statements import UNFILLED

    for change in changes.changes:
        if change.path.is_relative_to(VERSIONS) and change.after:
            for number, line in enumerate(change.after.decode().splitlines(), 1):
                if line.strip() == UNFILLED:
                    yield change.path, number


def _span(where: Where) -> Span | None:
    return where if isinstance(where, Span) else None


def upgrade_notes(root: Path) -> Iterator[str]:
    """Nothing if this terapin wrote the project. Raises ProjectError if a later one did."""
    from ..project.lock import Lock
    from ..project.notes import installed, since

    lock = Lock.load(root)
    if lock.terapin in (None, installed()):
        return
    yield f"{root} was written by terapin {lock.terapin}, and this is {installed()}"
    for note in since(lock):
        where = f"core/{note.module}: " if note.module else ""
        yield f"  {note.kind} ({note.version})  {where}{note.text}"


def summary(root: Path, changes: ChangeSet) -> str:
    if changes.empty:
        return said_of(root, "nothing has changed")
    deleted = sum(change.after is None for change in changes.changes)
    moved = sum(change.origin is not None for change in changes.changes)
    written = len(changes.changes) - deleted
    parts = [f"{written} file{'s' * (written != 1)} written"]
    parts += (
        [f"{merged} of them merged with what you wrote"] if (merged := _merged(changes)) else []
    )
    parts += [f"{moved} moved"] if moved else []
    parts += [f"{deleted - moved} deleted"] if deleted > moved else []
    return said_of(root, ", ".join(parts))


def said_of(root: Path, text: str) -> str:
    """The project is named unless it is where one is."""
    return text if root == Path() else f"{root}: {text}"


def _merged(changes: ChangeSet) -> int:
    return sum(change.how == "merge" for change in changes.changes)


def _styled(text: str, *, fg: str | None = None, bold: bool = False) -> str:
    return click.style(text, fg=fg, bold=bold) if colored(sys.stdout) else text
