"""All rules, found in their folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from . import rules as folder
from .diagnostic import Diagnostic
from .rule import Rule

if TYPE_CHECKING:
    from terapin.evolution.change import Change
    from terapin.ontology.facts import Facts

Check = Callable[["Facts"], Iterable[Diagnostic]]
Judgement = Callable[["Change", Callable[[str], str]], Iterable[Diagnostic]]


@cache
def _modules() -> tuple[object, ...]:
    names = sorted(module.name for module in iter_modules(folder.__path__))
    return tuple(import_module(f"{folder.__name__}.{name}") for name in names)


@cache
def rules() -> Mapping[str, Rule]:
    """By code. Rules without a check are reported by whoever reads documents and values."""
    found: list[Rule] = [module.RULE for module in _modules() if hasattr(module, "RULE")]
    return {rule.code: rule for rule in found}


@cache
def checks() -> tuple[Check, ...]:
    return tuple(module.check for module in _modules() if hasattr(module, "check"))


@cache
def judgements() -> tuple[Judgement, ...]:
    """What rules say about the change from one model to the next; they are given how to shorten an IRI."""
    return tuple(module.judge for module in _modules() if hasattr(module, "judge"))
