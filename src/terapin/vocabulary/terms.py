"""The terms of the vocabulary, as its Turtle describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from .namespaces import KNOWN, OURS, RDF, RDFS

_VOC = "urn:terapin:vocabulary#"
_READABLE = {
    "Field": "field",
    "Former": "IRI or name",
    "Parameter": "parameter",
    "PayloadField": "field of a message",
    "Relationship": "relationship",
    "Condition": "condition",
    "Seconds": "seconds",
    "TaskParameter": "parameter of a task",
    "Type": "type",
}
_RANGES = {
    "xsd:string": "string",
    "xsd:boolean": "boolean",
    "xsd:integer": "whole number",
    "xsd:decimal": "number",
    "rdf:List": "list",
    "rdfs:Literal": "value",
    "rdfs:Resource": "IRI",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`domain` holds IRIs: what the term is said of. `built` is false for a term that is not understood yet."""

    iri: str
    name: str
    is_class: bool
    label: str
    comment: str
    example: str
    domain: tuple[str, ...] = ()
    range: str | None = None
    values: tuple[str, ...] = ()
    built: bool = True

    @property
    def prefix(self) -> str:
        return self.name.partition(":")[0]

    @property
    def of(self) -> str:
        """The domain, for people."""
        return ", ".join(_readable(each) for each in self.domain)

    @property
    def takes(self) -> str:
        """The range, for people."""
        if self.values:
            return " or ".join(f'"{value}"' for value in self.values)
        return _readable(self.range) if self.range else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTypeTerm:
    """`datatypes` are the IRIs that are taken for the type."""

    name: str
    comment: str
    datatypes: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Terms by IRI, in the order of the documents; `titles` by prefix."""

    terms: Mapping[str, Term]
    types: tuple[FieldTypeTerm, ...]
    titles: Mapping[str, str]

    @cached_property
    def by_name(self) -> Mapping[str, Term]:
        return {term.name: term for term in self.terms.values()}

    def of_prefix(self, prefix: str) -> Iterator[Term]:
        return (term for term in self.terms.values() if term.prefix == prefix)


CONDITION = _VOC + "Condition"
FIELD = _VOC + "Field"
PARAMETER = _VOC + "Parameter"
PAYLOAD_FIELD = _VOC + "PayloadField"
RELATIONSHIP = _VOC + "Relationship"
TASK_PARAMETER = _VOC + "TaskParameter"

_FILES = ("api", "orm", "relationship", "async", "database", "graphql", "task", "websocket", "auth")


@cache
def vocabulary() -> Vocabulary:
    described: dict[str, Term] = {}
    titles: dict[str, str] = {}
    prefixes = {namespace: prefix for prefix, namespace in OURS.items()}
    for name in _FILES:
        for iri, properties in _nodes(name).items():
            if iri in prefixes:
                titles[prefixes[iri]] = _text(properties[RDFS + "label"])
            elif RDF + "type" in properties:
                described[iri] = _term(iri, properties)
    types = tuple(_type(properties) for properties in _nodes("types").values())
    return Vocabulary(described, types, titles)


@cache
def said_of(kind: str) -> frozenset[str]:
    """The IRIs of the terms that have a class, or a kind of node, in their domain."""
    return frozenset(term.iri for term in vocabulary().terms.values() if kind in term.domain)


_Properties = dict[str, list[object]]


def _nodes(name: str) -> dict[str, _Properties]:
    """Subjects with their properties; lists of strings are taken as the values that they hold."""
    text = (files(__package__) / f"{name}.ttl").read_text(encoding="utf-8")
    nodes: dict[str, _Properties] = {}
    for quad in parse(text, format=RdfFormat.TURTLE):
        subject = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
        nodes.setdefault(subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    cells = {node: properties for node, properties in nodes.items() if RDF + "first" in properties}
    for properties in nodes.values():
        if _VOC + "values" in properties:
            properties[_VOC + "values"] = list(_items(str(properties[_VOC + "values"][0]), cells))
    return {node: properties for node, properties in nodes.items() if node not in cells}


def _items(head: str, cells: Mapping[str, _Properties]) -> Iterator[object]:
    while head in cells:
        yield cells[head][RDF + "first"][0]
        head = str(cells[head][RDF + "rest"][0])


def _term(iri: str, properties: _Properties) -> Term:
    return Term(
        iri=iri,
        name=short(iri),
        is_class=_iris(properties[RDF + "type"]) == (RDFS + "Class",),
        label=_text(properties[RDFS + "label"]),
        comment=_text(properties[RDFS + "comment"]),
        example=_text(properties[_VOC + "example"]),
        domain=_iris(properties.get(RDFS + "domain", [])),
        range=next(iter(_iris(properties.get(RDFS + "range", []))), None),
        values=tuple(_text([value]) for value in properties.get(_VOC + "values", [])),
        built=_VOC + "planned" not in properties,
    )


def _type(properties: _Properties) -> FieldTypeTerm:
    return FieldTypeTerm(
        name=_text(properties[RDFS + "label"]),
        comment=_text(properties[RDFS + "comment"]),
        datatypes=_iris(properties.get(_VOC + "datatype", [])),
    )


def _text(values: list[object]) -> str:
    (value,) = values
    return value.value if isinstance(value, Literal) else str(value)


def _iris(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(value.value for value in values if isinstance(value, NamedNode))


def short(iri: str) -> str:
    for prefix, namespace in KNOWN.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _readable(iri: str) -> str:
    if iri.startswith(_VOC):
        return _READABLE[iri.removeprefix(_VOC)]
    return _RANGES.get(short(iri), short(iri))
