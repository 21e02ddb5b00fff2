"""Helpers for tests that write ontologies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from string import ascii_lowercase

from terapin.model import ServiceModel
from terapin.model.names import Names
from terapin.ontology import Compilation, Source, compile_sources

PREFIXES = """\
@prefix api: <http://api.example.org/api#> .
@prefix async: <http://api.example.org/async#> .
@prefix db: <http://api.example.org/database#> .
@prefix orm: <http://api.example.org/orm#> .
@prefix rel: <http://api.example.org/relationship#> .
@prefix gql: <http://api.example.org/graphql#> .
@prefix task: <http://api.example.org/task#> .
@prefix ws: <http://api.example.org/websocket#> .
@prefix auth: <http://api.example.org/auth#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://example.org/shop#> .

"""

KEY = '[ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]'


def compiled(
    *documents: str, prefixes: str = PREFIXES, name: str | None = None, pinned: Names | None = None
) -> Compilation:
    """Documents as `a.ttl`, `b.ttl`, …, after the usual prefixes."""
    named = {
        f"{letter}.ttl": prefixes + text
        for letter, text in zip(ascii_lowercase, documents, strict=False)
    }
    return compiled_sources(named, name=name, pinned=pinned)


def compiled_sources(
    documents: Mapping[str, str],
    *,
    name: str | None = None,
    pinned: Names | None = None,
    layers: Collection[str] = (),
) -> Compilation:
    sources = [Source(source, text) for source, text in documents.items()]
    return compile_sources(sources, name=name, pinned=pinned, layers=layers)


def model_of(*documents: str, pinned: Names | None = None) -> ServiceModel:
    compilation = compiled(*documents, pinned=pinned)
    assert compilation.model, compilation.as_text()
    return compilation.model


def codes(compilation: Compilation) -> list[str]:
    return [each.code for each in compilation.diagnostics]
