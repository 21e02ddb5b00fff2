"""Relationships as they are between two entities that are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from terapin.model import Cascade, Kind
from terapin.model.cycles import closing_edges

from .binding import Bindings
from .statements import (
    EntityStatement,
    FieldStatement,
    RelationshipStatement,
    Statements,
    is_true,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Link:
    """`forward` and `backward` are the fields that stand for the end on `source` and the one on `target`."""

    statement: RelationshipStatement
    source: EntityStatement
    target: EntityStatement
    forward: FieldStatement | None
    backward: FieldStatement | None

    @property
    def iri(self) -> str:
        return self.statement.iri

    @property
    def kind(self) -> Kind:
        return self.statement.kind

    @property
    def forward_name(self) -> str | None:
        return self.forward.name if self.forward else value_of(self.statement.field)

    @property
    def backward_name(self) -> str | None:
        """The name of the inverse, if one is stated."""
        return self.backward.name if self.backward else value_of(self.statement.inverse_field)

    @property
    def has_key(self) -> bool:
        return self.kind is not Kind.MANY_TO_MANY

    @property
    def holder(self) -> EntityStatement:
        """The entity that has the foreign key, if there is one."""
        return self.source if self.kind is Kind.MANY_TO_ONE else self.target

    @property
    def referenced(self) -> EntityStatement:
        return self.target if self.kind is Kind.MANY_TO_ONE else self.source

    @property
    def to_one_name(self) -> str | None:
        """The stated name of the end that has the foreign key."""
        return self.forward_name if self.kind is Kind.MANY_TO_ONE else self.backward_name

    def nullable(self, key: FieldStatement | None) -> bool:
        """As stated, whatever cycles ask for; `key` is the declared field of the foreign key."""
        nullified = value_of(self.statement.cascade) is Cascade.NULLIFY
        return (
            nullified
            or is_true(self.statement.nullable)
            or (key is not None and is_true(key.nullable))
        )


def related(statements: Statements, bindings: Bindings) -> tuple[Link, ...]:
    """The relationships whose entities are known, by IRI."""
    links = []
    for each in statements.relationships:
        source = statements.entities.get(value_of(each.source) or "")
        target = statements.entities.get(value_of(each.target) or "")
        if source and target:
            forward, backward = bindings.forward.get(each.iri), bindings.backward.get(each.iri)
            links.append(Link(each, source, target, forward, backward))
    return tuple(links)


def closing(links: Iterable[Link]) -> frozenset[str]:
    """The relationships, by IRI, that close a cycle of foreign keys between entities."""
    graph: dict[str, list[tuple[str, str]]] = {}
    for each in links:
        graph.setdefault(each.holder.iri, []).append((each.referenced.iri, each.iri))
    return closing_edges({node: sorted(graph[node]) for node in sorted(graph)})
