"""Import statements as sets of names, so that two sides that each add one do not clash."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..layers.python import Imports
from .syntax import parsed

_Imported = tuple[str | None, str]


def united(base: bytes, yours: bytes, generated: bytes) -> bytes | None:
    """The imports of both sides, less what one of them took away; None if there is anything but imports."""
    before, mine, theirs = map(_imported, (base, yours, generated))
    if before is None or mine is None or theirs is None:
        return None
    kept = (mine & theirs) | (mine - before) | (theirs - before)
    return _rendered(kept).encode() + (_ending(generated) or _ending(yours))


def _ending(text: bytes) -> bytes:
    return text[len(text.rstrip(b"\n")) :]


def _imported(text: bytes) -> set[_Imported] | None:
    """Each name with the module that it is from; a module that is itself imported is from None."""
    tree = None if b"#" in text else parsed(text)
    if tree is None:
        return None
    found: set[_Imported] = set()
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module=module, names=names, level=level):
                found |= {("." * level + (module or ""), ast.unparse(name)) for name in names}
            case ast.Import(names=names):
                found |= {(None, ast.unparse(name)) for name in names}
            case _:
                return None
    return found


def _rendered(imported: Iterable[_Imported]) -> str:
    imports = Imports()
    for module, name in imported:
        if module is None:
            imports.module(name)
        else:
            imports.name(module, name)
    return imports.render()
