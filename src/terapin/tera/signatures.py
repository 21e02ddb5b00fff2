from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from terapin.tera import nodes
from terapin.tera.errors import Source, Span, suggestion


@dataclass(frozen=True, slots=True)
class Signature:
    """The named arguments that a filter, function or macro takes."""

    # An argument's name in templates → the Python parameter's: `from` is `from_` there.
    keywords: Mapping[str, str]
    required: frozenset[str]
    takes_any: bool = False
    # The arguments of a test come by position: the fewest and the most of them.
    positions: tuple[int, float] = (0, 0)

    @classmethod
    def of_names(cls, names: Iterable[str], *, required: Iterable[str] = ()) -> Signature:
        return cls({name: name for name in names}, frozenset(required))

    @classmethod
    def of(cls, function: Callable[..., object], *, skip: int) -> Signature:
        """`skip` is 1 where the value comes before the arguments."""
        try:
            parameters = list(inspect.signature(function).parameters.values())[skip:]
        except (TypeError, ValueError):  # a builtin that tells nothing about itself
            return cls({}, frozenset(), takes_any=True, positions=(0, float("inf")))
        named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        positional = [
            p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        any_count = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        return cls(
            {p.name.removesuffix("_"): p.name for p in named},
            frozenset(p.name.removesuffix("_") for p in named if p.default is p.empty),
            takes_any=any(p.kind is p.VAR_KEYWORD for p in parameters),
            positions=(
                sum(p.default is p.empty for p in positional),
                float("inf") if any_count else len(positional),
            ),
        )

    def check(
        self, source: Source, label: str, span: Span, arguments: tuple[nodes.Argument, ...]
    ) -> None:
        given = {argument.name for argument in arguments}
        for argument in arguments:
            if argument.name not in self.keywords and not self.takes_any:
                raise self._unknown(source, label, argument)
        for name in sorted(self.required - given):
            raise source.error(span, f"{label} needs the argument `{name}`")

    def _unknown(self, source: Source, label: str, argument: nodes.Argument) -> Exception:
        help = suggestion(argument.name, self.keywords)
        if not help:
            listed = ", ".join(f"`{name}`" for name in self.keywords)
            help = f"it takes {listed or 'no arguments'}"
        return source.error(argument.span, f"{label} has no argument `{argument.name}`", help)

    def check_count(
        self, source: Source, label: str, span: Span, arguments: tuple[nodes.Expr, ...]
    ) -> None:
        fewest, most = self.positions
        if not fewest <= len(arguments) <= most:
            wanted = fewest if len(arguments) < fewest else most
            plural = "" if wanted == 1 else "s"
            message = f"{label} takes {wanted} argument{plural}, {len(arguments)} given"
            raise source.error(span, message)
