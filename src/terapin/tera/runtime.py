"""What compiled templates call: the state of one rendering, and the names that code may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from terapin.tera import operators
from terapin.tera.errors import FaultError
from terapin.tera.graphemes import graphemes
from terapin.tera.printing import show, show_escaped, to_json
from terapin.tera.values import (
    MISSING,
    index,
    is_array,
    is_map,
    items,
    kind,
    member,
    peek,
    soft_index,
)

Scope: TypeAlias = dict[str, object]
# Appends to the list of results; given to it are also the parent's blocks of the same name.
BlockFunction: TypeAlias = Callable[["State", Scope, list[str], "Blocks"], None]
Blocks: TypeAlias = "tuple[BlockFunction, ...]"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template as Python functions; the root is the one of its topmost parent."""

    root: Callable[[State, Scope, list[str]], None]
    # By name, each from the template itself up to the topmost parent that has it.
    blocks: Mapping[str, Blocks]
    macros: Mapping[str, Callable[..., str]]

    def run(self, state: State, scope: Scope) -> str:
        out: list[str] = []
        self.root(state, scope, out)
        return "".join(out)


@dataclass(slots=True)
class State:
    context: Scope
    load: Callable[[str], Compiled]
    max_depth: int
    max_steps: int
    blocks: Mapping[str, Blocks] = field(default_factory=dict)
    depth: int = 0
    steps: int = 0

    def enter(self) -> None:
        self.depth += 1
        if self.depth > self.max_depth:
            raise FaultError(f"recurses more than {self.max_depth} deep")
        self._spend(1)

    def leave(self) -> None:
        self.depth -= 1

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self.max_steps:
            raise FaultError(f"exceeds the limit of {self.max_steps} steps a rendering")

    def macro(self, template: str, name: str) -> Callable[..., str]:
        return self.load(template).macros[name]

    def include(self, name: str, scope: Scope) -> str:
        self.enter()
        outer = self.blocks
        included = self.load(name)
        self.blocks = included.blocks
        text = included.run(self, dict(scope))
        self.blocks = outer
        self.leave()
        return text

    def block(self, name: str, own: BlockFunction, scope: Scope, out: list[str]) -> None:
        first, *above = self.blocks.get(name) or (own,)
        first(self, scope, out, tuple(above))

    def super_block(self, above: Blocks, scope: Scope, out: list[str]) -> None:
        if not above:
            raise FaultError("is called in a block that no parent template has")
        above[0](self, scope, out, above[1:])

    def elements(self, value: object) -> Sequence[object]:
        if isinstance(value, str):
            value = graphemes(value)
        elif not is_array(value):
            raise FaultError(_not_elements(value))
        self._spend(len(value))
        return value

    def entries(self, value: object) -> Sequence[tuple[str, object]]:
        if not is_map(value):
            raise FaultError(f"needs a map to take keys and values from, got {kind(value)}")
        pairs = items(value)
        self._spend(len(pairs))
        return pairs


def _not_elements(value: object) -> str:
    if is_map(value):
        return "needs two names for a map: `for key, value in …`"
    hint = ", which has no order: sort it first" if isinstance(value, set | frozenset) else ""
    return f"needs an array, a map or a string, got {kind(value)}{hint}"


def visible(scope: Scope, local: Scope) -> Scope:
    return scope | {name: value for name, value in local.items() if value is not MISSING}


# All that compiled code can name, besides the filters, functions and tests it uses.
GLOBALS: Final[dict[str, Any]] = {
    "__builtins__": {},
    **{f.__name__: f for f in (bool, enumerate, len, str, type)},
    **{
        f.__name__: f
        for f in (member, peek, index, soft_index, show, show_escaped, to_json, visible)
    },
    **{
        name: getattr(operators, name)
        for name in (
            *("add", "subtract", "multiply", "divide", "modulo", "settle", "nonzero"),
            *("equal", "unequal", "compare", "contains", "concat"),
        )
    },
    "MISSING": MISSING,
}
