from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.model import Operation
from terapin.ontology.facts import Facts
from terapin.ontology.permissions import Granting, states_permissions
from terapin.ontology.terms import term

RULE = Rule(
    code="permission-missing",
    severity=Severity.WARNING,
    summary="nothing says who may do something, so that nobody may",
    explanation="""\
As soon as an ontology says anywhere who may do what, it says so of everything: what nothing is said of is for nobody.
The service states a default by the same terms, for the entities that say nothing themselves. `auth:delete ()` says
that it is meant so. A default of owners or tenants is for nobody where an entity does not say where these are found.""",
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


def check(facts: Facts) -> Iterator[Diagnostic]:
    if not states_permissions(facts.statements):
        return
    granting = Granting(facts)
    for entity in facts.statements.entities.values():
        missing = [each for each in Operation if not granting.is_said(entity, each)]
        if missing:
            name = facts.ontology.shorten(term(entity.iri))
            terms = " ; ".join(f"auth:{each} …" for each in missing)
            yield RULE.at(
                entity.place,
                f"nobody may {_listed(missing)} {name}: nothing says who may",
                help=f"say it of {name}, or of the service: `{terms}`; `()` says that nobody is meant to",
            )


def _listed(operations: list[Operation]) -> str:
    *front, last = operations
    return f"{', '.join(front)} or {last}" if front else last
