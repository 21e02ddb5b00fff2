"""Imports of modules that a run leaves behind without the module."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..diagnostics import Diagnostic, Span
from ..diagnostics.rules.missing_module import missing_module
from .changes import ChangeSet
from .syntax import parsed

_SKIPPED = frozenset({".venv", ".dev", ".git", ".terapin"})
_Module = tuple[str, ...]


@dataclass(frozen=True)
class Left:
    """`texts` are the files in which something was found, as they will be."""

    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]

    @cached_property
    def lines(self) -> Mapping[str, list[str]]:
        return {name: text.split("\n") for name, text in self.texts.items()}


def left_behind(root: Path, changes: ChangeSet) -> Left:
    """What still imports a module that the user deleted, or that this run deletes or moves."""
    gone = {_module(path): path for path in _gone(changes) if path.suffix == ".py"}
    if not gone:
        return Left((), {})
    moved = {change.origin: change.path for change in changes.changes if change.origin}
    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    for path, content in _files(root, changes):
        for span, module in _imports(path, content, gone.keys()):
            texts[span.source] = content
            target = moved.get(gone[module])
            found.append(
                missing_module(
                    span,
                    ".".join(module),
                    deleted=gone[module] in changes.missing,
                    moved_to=".".join(_module(target)) if target else None,
                )
            )
    return Left(tuple(found), texts)


def _gone(changes: ChangeSet) -> Iterator[PurePosixPath]:
    yield from changes.missing
    for change in changes.changes:
        if change.after is None:
            yield change.path


def _files(root: Path, changes: ChangeSet) -> Iterator[tuple[PurePosixPath, str]]:
    """Every Python file of the project as it will be."""
    written = {change.path: change.after for change in changes.changes}
    found = set(_python_files(root))
    for path in sorted(found | written.keys()):
        content = written[path] if path in written else _read(root / path)
        if content is not None and path.suffix == ".py":
            yield path, content.decode("utf-8", "replace")


def _read(path: Path) -> bytes | None:
    """None of what cannot be read: a service that does not run has more than an import to mend."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _python_files(root: Path) -> Iterator[PurePosixPath]:
    for directory, directories, names in os.walk(root):
        directories[:] = [each for each in directories if each not in _SKIPPED]
        for path in (Path(directory, name) for name in names if name.endswith(".py")):
            if path.is_file() and not path.is_symlink():
                yield PurePosixPath(path.relative_to(root))


def _imports(
    path: PurePosixPath, text: str, gone: Iterable[_Module]
) -> Iterator[tuple[Span, _Module]]:
    wanted = set(gone)
    if not any(module[-1] in text for module in wanted):
        return
    tree = parsed(text)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in node.names:
                module = next((each for each in _meant(path, node, name) if each in wanted), None)
                if module:
                    yield _span(path, name), module


def _meant(
    path: PurePosixPath, node: ast.Import | ast.ImportFrom, name: ast.alias
) -> Iterator[_Module]:
    """The modules that one name of an import may be or be in."""
    if isinstance(node, ast.Import):
        yield tuple(name.name.split("."))
        return
    package = path.parent.parts[: len(path.parent.parts) - node.level + 1] if node.level else ()
    module = (*package, *(node.module.split(".") if node.module else ()))
    yield module
    yield (*module, name.name)


def _span(path: PurePosixPath, name: ast.alias) -> Span:
    return Span(
        str(path),
        name.lineno,
        name.col_offset + 1,
        name.end_lineno or name.lineno,
        (name.end_col_offset or name.col_offset) + 1,
    )


def _module(path: PurePosixPath) -> _Module:
    parts = path.with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts
