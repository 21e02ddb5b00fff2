"""Which relationship a relationship field stands for."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from terapin.model import Kind

from .statements import FieldStatement, RelationshipStatement, Statements

INVERSE = {
    Kind.ONE_TO_MANY: Kind.MANY_TO_ONE,
    Kind.MANY_TO_ONE: Kind.ONE_TO_MANY,
    Kind.ONE_TO_ONE: Kind.ONE_TO_ONE,
    Kind.MANY_TO_MANY: Kind.MANY_TO_MANY,
}

Group = tuple[str, Kind]


@dataclass(frozen=True, slots=True)
class Bindings:
    """By the relationship's IRI. `loose` are fields bound to nothing, each with the relationships it could mean;
    `ambiguous` relationships without a field, each with the fields that could stand for it.
    """

    forward: Mapping[str, FieldStatement]
    backward: Mapping[str, FieldStatement]
    loose: tuple[tuple[FieldStatement, tuple[RelationshipStatement, ...]], ...]
    ambiguous: tuple[tuple[RelationshipStatement, tuple[FieldStatement, ...]], ...]


def bind(statements: Statements) -> Bindings:
    """By name where one is stated, else by kind where there is one of each.

    A field of the kind that a relationship has from its other side names that side.
    """
    return _Binder(statements).bindings()


class _Binder:
    def __init__(self, statements: Statements) -> None:
        self.relationships = statements.relationships
        self.forward: dict[str, FieldStatement] = {}
        self.backward: dict[str, FieldStatement] = {}
        self.free: dict[Group, dict[str, FieldStatement]] = {}
        for entity in statements.entities.values():
            for field in entity.relationship_fields:
                if field.kind:
                    group = self.free.setdefault((entity.iri, field.kind.value), {})
                    group.setdefault(field.name, field)

    def bindings(self) -> Bindings:
        self.by_name()
        ambiguous = self.by_kind()
        loose = self.by_inverse_kind({_source(each) for each, _ in ambiguous})
        return Bindings(self.forward, self.backward, tuple(loose), tuple(ambiguous))

    def by_name(self) -> None:
        for each in self.relationships:
            for bound, group, name in (
                (self.forward, _source(each), each.field),
                (self.backward, _target(each), each.inverse_field),
            ):
                field = self.free.get(group, {}).pop(name.value, None) if name else None
                if field:
                    bound[each.iri] = field

    def by_kind(self) -> list[tuple[RelationshipStatement, tuple[FieldStatement, ...]]]:
        """Binds what is alone of its kind; gives what is not."""
        unnamed: dict[Group, list[RelationshipStatement]] = {}
        for each in self.relationships:
            if each.field is None:
                unnamed.setdefault(_source(each), []).append(each)
        ambiguous = []
        for group, those in unnamed.items():
            fields = self.free.get(group, {})
            if len(fields) == 1 and len(those) == 1:
                self.forward[those[0].iri] = fields.popitem()[1]
            elif fields:
                ambiguous += [(each, tuple(fields.values())) for each in those]
        return ambiguous

    def by_inverse_kind(
        self, in_doubt: Set[Group]
    ) -> list[tuple[FieldStatement, tuple[RelationshipStatement, ...]]]:
        """Binds fields to the other side of relationships; gives those that are left."""
        unnamed: dict[Group, list[RelationshipStatement]] = {}
        for each in self.relationships:
            if each.inverse_field is None:
                unnamed.setdefault(_target(each), []).append(each)
        loose = []
        for group, fields in self.free.items():
            those = unnamed.get(group, [])
            if group in in_doubt:
                continue
            if len(fields) == 1 and len(those) == 1:
                self.backward[those[0].iri] = next(iter(fields.values()))
            else:
                loose += [(field, tuple(those)) for field in fields.values()]
        return loose


def _source(relationship: RelationshipStatement) -> Group:
    return (relationship.source.value if relationship.source else "", relationship.kind)


def _target(relationship: RelationshipStatement) -> Group:
    return (relationship.target.value if relationship.target else "", INVERSE[relationship.kind])
