"""What of an ontology GraphQL shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .statements import (
    EntityStatement,
    FieldStatement,
    ServiceStatement,
    Statements,
    is_false,
    is_true,
    value_of,
)

LAYER = "graphql"


@dataclass(frozen=True, slots=True)
class Exposure:
    """`entities` are those that are shown, by IRI; without any there is no GraphQL."""

    service: ServiceStatement | None
    entities: frozenset[str]

    @classmethod
    def of(cls, statements: Statements, layers: Collection[str]) -> Exposure:
        """`layers` are asked for beyond what the ontology says, which may still say no."""
        service = statements.services[0] if statements.services else None
        stated = value_of(service.expose) if service else None
        if stated is False:
            return cls(service, frozenset())
        all_of_them = stated or LAYER in layers
        shown = (
            each.iri
            for each in statements.entities.values()
            if is_true(each.expose) or (all_of_them and not is_false(each.expose))
        )
        return cls(service, frozenset(shown))

    def shows(self, field: FieldStatement | None) -> bool:
        return field is None or not is_false(field.expose)

    def changes(self, entity: EntityStatement) -> bool:
        """Whether there are mutations of its rows."""
        stated = entity.mutations or (self.service.mutations if self.service else None)
        return not is_false(stated)

    def tells(self, entity: EntityStatement) -> bool:
        """Whether there are subscriptions to its changes."""
        of_service = self.service.subscriptions if self.service else None
        return is_true(entity.subscriptions or of_service)
