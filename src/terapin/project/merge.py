"""Three-way merge by lines: what somebody wrote and what is generated anew, both against what was generated.

Changes of both sides that share no line of the base are both kept, also where they touch; the same change is
kept once; imports are united name by name. Everything else is a clash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from .disk import Disk, unix
from .imports import united
from .lock import Lock
from .syntax import parsed

Lines = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Clash:
    """The same lines, changed differently by both sides."""

    base: bytes
    yours: bytes
    generated: bytes


@dataclass(frozen=True, slots=True)
class Merge:
    """In the order of the file: what is agreed, and what clashes."""

    parts: tuple[bytes | Clash, ...]

    @property
    def clean(self) -> bool:
        return not any(isinstance(part, Clash) for part in self.parts)

    @property
    def yours(self) -> bytes:
        """With every clash decided for what somebody wrote."""
        return self._with(lambda clash: clash.yours)

    @property
    def generated(self) -> bytes:
        return self._with(lambda clash: clash.generated)

    @property
    def marked(self) -> bytes:
        """With the markers that editors and version control know."""
        return self._with(_marked)

    def _with(self, decide: Callable[[Clash], bytes]) -> bytes:
        return b"".join(decide(part) if isinstance(part, Clash) else part for part in self.parts)


def merge(base: bytes, yours: bytes, generated: bytes, *, python: bool = False) -> Merge:
    """Line endings are those of `yours`, line feeds if it has several kinds. A merge that breaks a Python file that was whole is one clash."""
    parts = _parts(_lines(base), _lines(yours), _lines(generated), python)
    merged = Merge(tuple(parts))
    if python and merged.clean and parsed(yours) and not parsed(merged.yours):
        merged = Merge((Clash(unix(base), unix(yours), unix(generated)),))
    return _with_endings_of(yours, merged)


def _lines(content: bytes) -> Lines:
    return unix(content).splitlines(keepends=True)


def _with_endings_of(yours: bytes, merged: Merge) -> Merge:
    if not 0 < yours.count(b"\n") == yours.count(b"\r\n"):
        return merged

    def restored(text: bytes) -> bytes:
        return text.replace(b"\n", b"\r\n")

    return Merge(
        tuple(
            Clash(*map(restored, (part.base, part.yours, part.generated)))
            if isinstance(part, Clash)
            else restored(part)
            for part in merged.parts
        )
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines `start` to `end` of the base are replaced by `lines`."""

    start: int
    end: int
    lines: Lines


def _parts(base: Lines, yours: Lines, generated: Lines, python: bool) -> Iterator[bytes | Clash]:
    mine, theirs = _edits(base, yours), _edits(base, generated)
    position = 0
    for ours, others in _groups(mine, theirs):
        start = min(edit.start for edit in (*ours, *others))
        end = max(edit.end for edit in (*ours, *others))
        yield b"".join(base[position:start])
        yield _decide(
            Clash(
                b"".join(base[start:end]),
                b"".join(_applied(base, start, end, ours)),
                b"".join(_applied(base, start, end, others)),
            ),
            python,
        )
        position = end
    yield b"".join(base[position:])


def _edits(base: Lines, changed: Lines) -> list[_Edit]:
    matcher = SequenceMatcher(None, base, changed, autojunk=False)
    return [
        _Edit(start, end, changed[first:last])
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _groups(mine: list[_Edit], theirs: list[_Edit]) -> Iterator[tuple[list[_Edit], list[_Edit]]]:
    """Edits of both sides that cannot be told apart; an edit that meets none of the other side is alone."""
    rest = (mine[::-1], theirs[::-1])
    while rest[0] or rest[1]:
        side = _first(rest)
        group: tuple[list[_Edit], list[_Edit]] = ([], [])
        group[side].append(rest[side].pop())
        while (met := _meeting(group, rest)) is not None:
            group[met].append(rest[met].pop())
        yield group


def _first(rest: tuple[list[_Edit], list[_Edit]]) -> int:
    """Of two that begin at one line, the insertion: it stands before what the other replaces."""
    if not rest[0] or not rest[1]:
        return 0 if rest[0] else 1
    keys = [(edits[-1].start, edits[-1].end) for edits in rest]
    return 0 if keys[0] <= keys[1] else 1


def _meeting(
    group: tuple[list[_Edit], list[_Edit]], rest: tuple[list[_Edit], list[_Edit]]
) -> int | None:
    for side in (0, 1):
        if rest[side] and any(_meet(edit, rest[side][-1]) for edit in group[1 - side]):
            return side
    return None


def _meet(one: _Edit, other: _Edit) -> bool:
    """They share a line of the base, or both insert at the same place."""
    if one.start == one.end and other.start == other.end:
        return one.start == other.start
    return one.start < other.end and other.start < one.end


def _applied(base: Lines, start: int, end: int, edits: Iterable[_Edit]) -> Iterator[bytes]:
    for edit in edits:
        yield from base[start : edit.start]
        yield from edit.lines
        start = edit.end
    yield from base[start:end]


def _decide(clash: Clash, python: bool) -> bytes | Clash:
    if clash.yours in (clash.generated, clash.base):
        return clash.generated
    if clash.generated == clash.base:
        return clash.yours
    if python and (imports := united(clash.base, clash.yours, clash.generated)) is not None:
        return imports
    return clash


def _marked(clash: Clash) -> bytes:
    return b"".join(
        (
            b"<<<<<<< yours\n",
            _ended(clash.yours),
            b"||||||| generated before\n",
            _ended(clash.base),
            b"=======\n",
            _ended(clash.generated),
            b">>>>>>> generated now\n",
        )
    )


def _ended(text: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + b"\n"


def marked(root: Path, lock: Lock) -> list[PurePosixPath]:
    """Generated files in which nobody has chosen between the two sides of a conflict yet."""
    disk = Disk(root)
    return [path for path in lock.entries if b"<<<<<<< yours\n" in unix(disk.read(path) or b"")]
