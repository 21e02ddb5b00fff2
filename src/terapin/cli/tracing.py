"""Where in an ontology the values come from that a template was rendering when it failed.

Nothing is remembered while rendering: the variables of loops tell which part of the context was reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeGuard

from ..model import Place, ServiceModel
from ..ontology import Ontology
from ..ontology.graph import Graph
from ..ontology.terms import is_literal, literal, term


def origin(
    values: Iterable[object], context: Mapping[str, Any], model: ServiceModel, ontology: Ontology
) -> tuple[Place, str] | None:
    """The place of the nearest value that has one, and what it is; None if that is not certain."""
    parts = dict(_parts(context, model))
    texts: list[str] = []
    for value in values:
        if isinstance(value, str):
            texts.append(value)
        elif id(value) in parts:
            return _within(ontology.graph, [parts[id(value)]], texts)
        elif _is_row(value):
            return _of_row(ontology.graph, value, texts)
    return None


def _parts(context: Mapping[str, Any], model: ServiceModel) -> Iterator[tuple[int, Place]]:
    """What `template_context` made of the model, by identity."""
    for made, entity in zip(context["models"], model.entities.values(), strict=True):
        yield id(made), entity.place
        for part, field in zip(made["fields"], entity.fields, strict=True):
            yield id(part), field.place
        for part, end in zip(made["relationships"], entity.relationships, strict=True):
            yield id(part), end.place
    for made, endpoint in zip(context["endpoints"], model.endpoints, strict=True):
        yield id(made), endpoint.place


def _is_row(value: object) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _of_row(graph: Graph, row: Mapping[str, str], texts: Sequence[str]) -> tuple[Place, str] | None:
    """A row has no place of its own, but most often the IRIs of what its other values are said of."""
    texts = [*texts, *row.values()]
    subjects = [term(value) for value in row.values() if term(value) in graph.nodes]
    if subjects:
        return _within(graph, [Place(subject) for subject in subjects], texts)
    found = list(islice(_stating(graph, graph.nodes, texts), 2))
    return (found[0], "the value") if len(found) == 1 else None


def _within(graph: Graph, places: Sequence[Place], texts: Sequence[str]) -> tuple[Place, str]:
    subjects = [place.subject for place in places]
    for text in texts:
        for place in _stating(graph, subjects, [text]):
            return place, "the value"
    return places[0], "while this was rendered"


def _stating(graph: Graph, subjects: Iterable[str], texts: Sequence[str]) -> Iterator[Place]:
    """The triples of some subjects that have one of the texts as value."""
    for subject in subjects:
        for predicate, values in graph.properties(subject).items():
            for value in values:
                if is_literal(value) and literal(value).value in texts:
                    yield Place(subject, predicate, value)
