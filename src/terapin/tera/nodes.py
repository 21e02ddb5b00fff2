"""The syntax tree. Every expression and tag knows the span it was written at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from terapin.tera.errors import Source, Span


@dataclass(frozen=True, slots=True)
class Literal:
    span: Span
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Array:
    span: Span
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a path: `.name`, `.0`, `[0]`, `["name"]` or `[expression]`."""

    span: Span
    key: str | int | Expr


@dataclass(frozen=True, slots=True)
class Path:
    span: Span
    root: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    span: Span
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Concat:
    span: Span
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    span: Span
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Contains:
    span: Span
    item: Expr
    container: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class Logic:
    span: Span
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Not:
    span: Span
    operand: Expr


@dataclass(frozen=True, slots=True)
class Argument:
    span: Span
    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class FunctionCall:
    span: Span
    name: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class MacroCall:
    span: Span
    namespace: str
    name: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    span: Span
    name: str
    arguments: tuple[Argument, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Test:
    span: Span
    name: str
    arguments: tuple[Expr, ...]
    negated: bool
    value: Expr


Expr: TypeAlias = (
    Literal
    | Array
    | Path
    | Arithmetic
    | Concat
    | Compare
    | Contains
    | Logic
    | Not
    | FunctionCall
    | MacroCall
    | Filter
    | Test
)


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Output:
    expr: Expr


@dataclass(frozen=True, slots=True)
class Set:
    name: str
    value: Expr
    is_global: bool


@dataclass(frozen=True, slots=True)
class If:
    branches: tuple[tuple[Expr, Body], ...]
    otherwise: Body


@dataclass(frozen=True, slots=True)
class For:
    span: Span
    key: str | None
    value: str
    container: Expr
    body: Body
    otherwise: Body


@dataclass(frozen=True, slots=True)
class Break:
    pass


@dataclass(frozen=True, slots=True)
class Continue:
    pass


@dataclass(frozen=True, slots=True)
class FilterSection:
    span: Span
    name: str
    arguments: tuple[Argument, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Block:
    span: Span
    name: str
    body: Body


@dataclass(frozen=True, slots=True)
class Super:
    span: Span


@dataclass(frozen=True, slots=True)
class Include:
    span: Span
    names: tuple[str, ...]
    ignore_missing: bool


Node: TypeAlias = (
    Text | Output | Set | If | For | Break | Continue | FilterSection | Block | Super | Include
)
Body: TypeAlias = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    span: Span
    name: str
    default: Literal | None


@dataclass(frozen=True, slots=True)
class Macro:
    span: Span
    name: str
    parameters: tuple[Parameter, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Reference:
    """Another template, as named by `extends` or `import … as namespace`."""

    span: Span
    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    source: Source
    body: Body
    parent: Reference | None = None
    imports: tuple[Reference, ...] = ()
    macros: dict[str, Macro] = field(default_factory=dict)
