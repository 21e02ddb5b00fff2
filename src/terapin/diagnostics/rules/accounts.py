from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.build import field_length
from terapin.ontology.facts import Facts
from terapin.ontology.statements import EntityStatement, is_true

RULE = Rule(
    code="accounts",
    summary="accounts could not be kept, or nobody would take their tokens",
    explanation="""\
With `auth:accounts true` a service has accounts of its own, and signs their tokens with a secret of its settings. So
keys of another issuer (`auth:jwks`) have no place beside it. Accounts are kept in PostgreSQL, and a token says the id
of one as `sub`, which is a UUID: the key of the entity that says `auth:subject true` is a UUID, or a String that has
room for one.""",
    example="""\
ex:Shop a api:Service ; auth:accounts true .

ex:User a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "Integer" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Shop a api:Service ; auth:accounts true .

ex:User a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)

_LENGTH = 36


def check(facts: Facts) -> Iterator[Diagnostic]:
    for service in facts.statements.services:
        if service.accounts is None or not service.has_accounts:
            continue
        place = service.accounts.place
        if service.jwks:
            yield RULE.at(
                service.jwks.place,
                "the service signs the tokens of its accounts itself",
                labels=(Label(place, "accounts of its own"),),
                help="leave out auth:jwks, or auth:accounts",
            )
        if not facts.placement.has_database:
            yield RULE.at(
                place,
                "accounts are kept in PostgreSQL, and this service has none",
                help='declare one: `ex:Main a db:DataSource ; db:type "postgresql"`',
            )
        for entity in facts.statements.entities.values():
            if is_true(entity.is_subject):
                yield from _check_key(entity)


def _check_key(entity: EntityStatement) -> Iterator[Diagnostic]:
    key = next(iter(entity.keys), None)
    if key is None or key.type is None:
        return
    type_, length = key.type.value, field_length(key) or 0
    if type_ is not FieldType.UUID and not (type_ is FieldType.STRING and length >= _LENGTH):
        yield RULE.at(
            key.type.place,
            "the id of an account is a UUID, and this key has no room for one",
            help='orm:fieldType "UUID"',
        )
