"""Relationships that no database knows: with an end on MongoDB, both or either."""

from __future__ import annotations

from ...model import Entities, Entity, ForeignKey, Relationship, SortTerm
from ..database import on_delete
from ..python import Imports, call, literal


def reference(entities: Entities, key: ForeignKey, imports: Imports) -> str:
    """What a foreign key without a constraint refers to."""
    imports.name("..core.relations", "Reference")
    target = entities[key.entity]
    arguments = [literal(target.class_name), literal(target.key.attribute)]
    return call("Reference", [*arguments, f'on_delete="{on_delete(key)}"'])


def related(
    target: Entity, end: Relationship, annotation: str, imports: Imports
) -> tuple[str, str]:
    """The annotation and the value of one end."""
    imports.name("..core.relations", "Related", "related")
    arguments = [literal(target.class_name), _key(target, end)]
    if end.many:
        arguments.append("many=True")
    if end.order_by:
        arguments.append(f"order_by={literal(_order(end.order_by))}")
    return f"Related[{annotation}]", call("related", arguments)


def _key(target: Entity, end: Relationship) -> str:
    """The attribute that holds the key, here or there."""
    if end.holds_key:
        return f"key={literal(end.foreign_key)}"
    other = next(each for each in target.relationships if each.iri == end.iri and each.holds_key)
    return f"remote={literal(other.foreign_key)}"


def _order(terms: tuple[SortTerm, ...]) -> str | tuple[str, ...]:
    names = tuple(f"{'-' if term.descending else ''}{term.field}" for term in terms)
    return names[0] if len(names) == 1 else names
