from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.model import Operation
from terapin.ontology.facts import Facts
from terapin.ontology.permissions import Granting, states_permissions
from terapin.ontology.statements import EntityStatement
from terapin.ontology.terms import term

RULE = Rule(
    code="permission-missing",
    severity=Severity.WARNING,
    summary="nothing says who may do something, so that nobody may",
    explanation="""\
As soon as an ontology says anywhere who may do what, it says so of everything: what nothing is said of is for nobody.
The service states a default by the same terms, for the entities that say nothing themselves. `auth:delete ()` says
that it is meant so. A default of owners or tenants is for nobody where an entity does not say where these are found.
Entities that say nothing themselves are told of together, at the service.""",
    example="""\
ex:Book a orm:Entity ;
  auth:read "public" ;
  auth:create () ; auth:update () ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  auth:read "public" ;
  auth:create () ; auth:update () ; auth:delete () ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


# Of many entities, those that are named.
_NAMED = 3


def check(facts: Facts) -> Iterator[Diagnostic]:
    """What the service leaves out is told once of all entities that say nothing themselves."""
    if not states_permissions(facts.statements):
        return
    granting = Granting(facts)
    entities = facts.statements.entities.values()
    omitted = [each for each in Operation if granting.default(each) is None]
    silent = [each for each in entities if not each.permissions]
    is_told = bool(omitted) and len(silent) > 1
    if is_told:
        yield _of_service(facts, silent, omitted)
    for entity in entities:
        told = omitted if is_told and not entity.permissions else ()
        missing = [
            each for each in Operation if not granting.is_said(entity, each) and each not in told
        ]
        if missing:
            yield _of_entity(facts, entity, missing)


def _of_service(
    facts: Facts, silent: list[EntityStatement], omitted: list[Operation]
) -> Diagnostic:
    names = ", ".join(facts.ontology.shorten(term(each.iri)) for each in silent[:_NAMED])
    more = len(silent) - _NAMED
    service = next(iter(facts.statements.services), None)
    return RULE.at(
        service.place if service else silent[0].place,
        f"nobody may {_listed(omitted)} {len(silent)} entities: neither they nor the service says who may",
        notes=(f"they are {names}{f' and {more} more' if more > 0 else ''}",),
        help=f"say it of the service: `{_terms(omitted)}`; {_MEANT}",
    )


def _of_entity(facts: Facts, entity: EntityStatement, missing: list[Operation]) -> Diagnostic:
    name = facts.ontology.shorten(term(entity.iri))
    return RULE.at(
        entity.place,
        f"nobody may {_listed(missing)} {name}: nothing says who may",
        help=f"say it of {name}, or of the service: `{_terms(missing)}`; {_MEANT}",
    )


_MEANT = "`()` says that nobody is meant to"


def _terms(operations: list[Operation]) -> str:
    return " ; ".join(f"auth:{each} …" for each in operations)


def _listed(operations: list[Operation]) -> str:
    *front, last = operations
    return f"{', '.join(front)} or {last}" if front else last
