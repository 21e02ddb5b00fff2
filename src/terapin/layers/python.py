"""Python source from values: the only way in which anything an ontology says enters a Python file."""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any


def literal(value: Any) -> str:
    """An expression that evaluates to `value`, in plain ASCII where a character could mislead a reader."""
    if isinstance(value, Decimal):
        return f'Decimal("{value:f}")'
    if isinstance(value, str) and not value.isprintable():
        return ascii(value)
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def docstring(text: str) -> str:
    """A docstring with the quotes, on one line or as a block whose lines the formatter indents."""
    trimmed = re.sub(r" +$", "", text.strip(), flags=re.MULTILINE)
    safe = re.sub(r'"(?="|\Z)', r"\"", _plain(trimmed).replace("\\", "\\\\"))
    return f'"""{safe}\n"""' if "\n" in safe else f'"""{safe}"""'


def _plain(text: str) -> str:
    """Without control, bidirectional and invisible characters, and line ends that only some readers see."""
    return "".join(
        character if character.isprintable() or character == "\n" else repr(character)[1:-1]
        for character in text.replace("\r\n", "\n")
    )


class Imports:
    """What a module imports, in the order that ruff's isort rules give.

    Names come as `"datetime as dt"` for a module, or with the module they are from.
    """

    def __init__(self) -> None:
        self._modules: set[str] = set()
        self._names: dict[str, set[str]] = {}

    def module(self, name: str) -> None:
        self._modules.add(name)

    def name(self, module: str, *names: str) -> None:
        self._names.setdefault(module, set()).update(names)

    @property
    def empty(self) -> bool:
        return not self._modules and not self._names

    def render(self) -> str:
        """Sections divided by an empty line: standard library, third party, relative."""
        sections: dict[int, list[str]] = {}
        for module in sorted(self._modules):
            sections.setdefault(_section(module), []).append(f"import {module}")
        for module in sorted(self._names, key=_module_order):
            line = _line(module, frozenset(self._names[module]))
            sections.setdefault(_section(module), []).append(line)
        return "\n\n".join("\n".join(sections[section]) for section in sorted(sections))


@lru_cache(maxsize=65536)
def _line(module: str, names: frozenset[str]) -> str:
    """Lines, of which each name that is called otherwise takes one."""
    plain = ", ".join(sorted((name for name in names if " as " not in name), key=name_order))
    parts = [*(name for name in names if " as " in name), *([plain] if plain else ())]
    parts.sort(key=lambda part: name_order(part.partition(",")[0].partition(" ")[0]))
    return "\n".join(f"from {module} import {part}" for part in parts)


@lru_cache(maxsize=65536)
def _section(module: str) -> int:
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.split(" ")[0].partition(".")[0] in sys.stdlib_module_names else 2


@lru_cache(maxsize=65536)
def _module_order(module: str) -> tuple[int, list[str | int]]:
    """Relative imports from the furthest to the closest."""
    dots = len(module) - len(module.lstrip("."))
    return (-dots, _natural(module.lower()))


@lru_cache(maxsize=65536)
def name_order(name: str) -> tuple[int, list[str | int]]:
    """In which ruff sorts what is imported: constants, classes, the others."""
    return (_kind(name), _natural(name.lower()))


def export_order(name: str) -> tuple[int, list[str | int]]:
    """In which ruff sorts `__all__`: the same, but capitals come before small letters."""
    return (_kind(name), _natural(name))


def _kind(name: str) -> int:
    return 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2


def _natural(name: str) -> list[str | int]:
    """`thing2` before `thing10`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", name)]


def unhidden(name: str, hiding: Container[str]) -> tuple[str, str]:
    """How to import a name where others could hide it, and what it is then called."""
    return (f"{name} as {name}_", f"{name}_") if name in hiding else (name, name)


def call(function: str, arguments: Iterable[str]) -> str:
    return f"{function}({', '.join(arguments)})"
