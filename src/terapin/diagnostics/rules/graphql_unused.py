from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import (
    EntityStatement,
    FieldStatement,
    ServiceStatement,
    Stated,
    is_true,
)

RULE = Rule(
    code="graphql-unused",
    severity=Severity.WARNING,
    summary="a statement on GraphQL has no effect",
    explanation="""\
A service has GraphQL if it says `gql:expose true`, or if one of its entities does; also with `terapin generate --with
graphql`. What is said of limits and mutations without it, and of the fields of an entity that GraphQL does not show,
has no effect. A service that says `gql:expose false` has none, whatever its entities say. Secret fields are read
by nobody, in GraphQL neither.""",
    example="""\
ex:Blog a api:Service ; api:name "Blog" ; gql:maxDepth 5 .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Blog a api:Service ; api:name "Blog" ; gql:expose true ; gql:maxDepth 5 .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    exposure, statements = facts.exposure, facts.statements
    service = exposure.service
    if service and not exposure.entities:
        for stated in _of_service(service):
            yield _without_effect(facts, stated, "the service shows nothing by GraphQL")
    for iri, entity in statements.entities.items():
        if iri not in exposure.entities:
            for stated in _of_entity(entity):
                yield _without_effect(facts, stated, "GraphQL does not show the entity")
        else:
            for field in entity.fields:
                yield from _secret(facts, field)


def _of_service(service: ServiceStatement) -> Iterator[Stated[object]]:
    for stated in (
        service.mutations,
        service.subscriptions,
        service.max_depth,
        service.max_aliases,
        service.max_tokens,
        service.max_cost,
        service.trusted_documents,
    ):
        if stated is not None:
            yield stated


def _of_entity(entity: EntityStatement) -> Iterator[Stated[object]]:
    for stated in (
        entity.expose,
        entity.mutations,
        entity.subscriptions,
        *(each.expose for each in entity.fields),
    ):
        if stated is not None and stated.value:
            yield stated


def _secret(facts: Facts, field: FieldStatement) -> Iterator[Diagnostic]:
    if field.expose and field.expose.value and is_true(field.secret):
        yield _without_effect(facts, field.expose, "a secret field is read by nobody")


def _without_effect(facts: Facts, stated: Stated[object], reason: str) -> Diagnostic:
    return RULE.at(
        stated.place, f"{facts.ontology.shorten(stated.predicate)} has no effect: {reason}"
    )
