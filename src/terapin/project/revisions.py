"""Reads the history of a project from its files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from ..evolution.change import changed
from ..evolution.difference import difference
from ..model import ServiceModel
from .errors import ProjectError
from .history import VERSIONS, History, Revision
from .lock import LOCK, MODEL
from .model_file import load_model

_FUNCTION = re.compile(rb"^(?:async )?def ", re.MULTILINE)


def read_history(root: Path, model: ServiceModel, dumped: bytes) -> History | None:
    """What leads to `model`, the one of today, which is kept as `dumped`; None before the first run."""
    try:
        content = (root / MODEL).read_bytes()
    except FileNotFoundError:
        if (root / LOCK).exists():
            raise ProjectError(
                f"there is no {MODEL}, from which migrations are made",
                "restore it from version control",
            ) from None
        return None
    if content == dumped:
        return History()
    change = changed(load_model(content, model, dumped), model)
    steps = difference(change)
    return History(change, steps, read_revisions(root) if steps else ())


def open_heads(root: Path) -> list[Revision]:
    """Several, where branches were merged and their migrations were not; none where they cannot be read."""
    try:
        heads = History(revisions=read_revisions(root)).heads
    except ProjectError:
        return []
    return heads if len(heads) > 1 else []


def read_revisions(root: Path) -> tuple[Revision, ...]:
    """By their files, which are parsed and never run; links that lead nowhere are no files."""
    found: dict[str, Revision] = {}
    for file in sorted(filter(Path.is_file, (root / VERSIONS).glob("*.py"))):
        path = VERSIONS / file.name
        stated = dict(_stated(path, file.read_bytes()))
        if not isinstance(stated.get("revision"), str):
            continue
        revision = Revision(stated["revision"], _names(stated.get("down_revision")), path)
        other = found.setdefault(revision.id, revision)
        if other is not revision:
            raise ProjectError(
                f"two migrations are called {revision.id}: {other.path} and {path}",
                "delete one of them, or give it another revision",
            )
    return tuple(found.values())


def _stated(path: PurePosixPath, source: bytes) -> Iterator[tuple[str, Any]]:
    """The constants of a module, by name."""
    try:
        statements = _head(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error if isinstance(error, SyntaxError | ValueError) else "it nests too deeply"
        raise ProjectError(f"{path} cannot be read: {reason}", "mend it first") from error
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, _constant(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, _constant(value)


def _head(source: bytes) -> list[ast.stmt]:
    """What stands before the first function: a migration of a thousand tables takes a second to parse."""
    try:
        return ast.parse(_FUNCTION.split(source, maxsplit=1)[0]).body
    except SyntaxError:
        return ast.parse(source).body


def _constant(value: ast.expr) -> object:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError):
        return None


def _names(down_revision: object) -> tuple[str, ...]:
    several = down_revision if isinstance(down_revision, tuple | list | set) else (down_revision,)
    return tuple(each for each in several if isinstance(each, str))
