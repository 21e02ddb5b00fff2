"""The whole way from documents to a model."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from terapin.diagnostics import Diagnostic, Severity, Span, Where
from terapin.diagnostics.registry import checks, rules
from terapin.diagnostics.render import Locator, as_text
from terapin.model import Place, ServiceModel
from terapin.model.names import Names

from . import limits
from .build import build
from .facts import Facts
from .ontology import Loaded, Ontology, load, load_sources
from .read import read_statements
from .sources import Source
from .terms import is_blank
from .tokens import Lines


@dataclass(frozen=True)
class Compilation:
    """`ontology` is None if a document could not be read, `model` if a diagnostic is an error.

    `names` is what to pass as `pinned` the next time.
    """

    sources: tuple[Source, ...]
    ontology: Ontology | None
    model: ServiceModel | None
    names: Names
    diagnostics: tuple[Diagnostic, ...]

    def as_text(self, *, color: bool = False, width: int | None = None) -> str:
        """The diagnostics with their places in the documents; empty if there are none."""
        return as_text(self.diagnostics, self.locator, color=color, width=width)

    @cached_property
    def locator(self) -> Locator:
        """What the renderers of diagnostics ask."""
        lines = {source.name: Lines(source.text) for source in self.sources}
        return Locator(self._locate, lambda name, number: lines[name].line(number))

    def _locate(self, where: Where) -> Span | None:
        if self.ontology:
            return self.ontology.locate(where)
        return where if isinstance(where, Span) else None


def compile_files(
    paths: Iterable[Path],
    *,
    name: str | None = None,
    pinned: Names | None = None,
    lenient: bool = False,
    layers: Collection[str] = (),
) -> Compilation:
    """`lenient` takes known prefixes that are not declared, with a warning; `layers` are asked for beyond the ontology."""
    with _without_collector():
        return _compile(load(paths, lenient=lenient), name, pinned or Names(), layers)


def compile_sources(
    sources: Sequence[Source],
    *,
    name: str | None = None,
    pinned: Names | None = None,
    lenient: bool = False,
    layers: Collection[str] = (),
) -> Compilation:
    return _compile(load_sources(sources, lenient=lenient), name, pinned or Names(), layers)


def _compile(
    loaded: Loaded, name: str | None, pinned: Names, layers: Collection[str]
) -> Compilation:
    if loaded.ontology is None:
        return Compilation(loaded.sources, None, None, pinned, loaded.diagnostics)
    return compile_ontology(
        loaded.ontology,
        name=name,
        pinned=pinned,
        layers=layers,
        diagnostics=loaded.diagnostics,
    )


def compile_ontology(
    ontology: Ontology,
    *,
    name: str | None = None,
    pinned: Names | None = None,
    layers: Collection[str] = (),
    diagnostics: tuple[Diagnostic, ...] = (),
) -> Compilation:
    """`name` is what the service is called unless the ontology says it; `diagnostics` those of loading it."""
    pinned = pinned or Names()
    reading = read_statements(ontology)
    facts = Facts.of(ontology, reading.statements, pinned, layers)
    sources = tuple(document.source for document in ontology.documents)
    checked = [each for check in checks() for each in islice(check(facts), limits.MISTAKES)]
    found = (*diagnostics, *_certain([*_first(reading.diagnostics), *checked], ontology))
    if any(each.severity is Severity.ERROR for each in found):
        return Compilation(sources, ontology, None, pinned, found)
    model = build(facts, name or _name_of(ontology))
    return Compilation(sources, ontology, model, facts.naming.names, found)


def _first(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Those of each kind that somebody may read."""
    told = Counter[str]()
    for each in diagnostics:
        told[each.code] += 1
        if told[each.code] <= limits.MISTAKES:
            yield each


def _certain(diagnostics: list[Diagnostic], ontology: Ontology) -> list[Diagnostic]:
    """Those that do not depend on statements that could not be read."""
    if ontology.is_whole:
        return diagnostics
    return [each for each in diagnostics if rules()[each.code].local and _is_clear(each, ontology)]


def _is_clear(diagnostic: Diagnostic, ontology: Ontology) -> bool:
    if not isinstance(diagnostic.where, Place):
        return True
    terms = astuple(diagnostic.where)
    return not any(
        part in ontology.lost or (is_blank(part) and "_:" in ontology.lost)
        for part in terms
        if part
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """What is made here lives on and has no cycles: looking for them takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _name_of(ontology: Ontology) -> str:
    """That of the first document."""
    return Path(ontology.documents[0].source.name).stem if ontology.documents else "service"
