from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Operation, Who
from terapin.ontology.facts import Facts
from terapin.ontology.permissions import applies, statements_of_permissions
from terapin.ontology.secrets import says_secret
from terapin.ontology.statements import (
    EntityStatement,
    FieldStatement,
    PermissionStatement,
    RuleStatement,
    is_true,
)
from terapin.ontology.terms import term

RULE = Rule(
    code="permission-rule",
    summary="a permission is for those whom nothing tells apart, or of what it cannot be of",
    explanation="""\
`"owner"` is for an entity that says by `auth:owner` whose it is, or is the subject itself, and `"tenant"` for one that
says `auth:tenant`; of the service, they hold for the entities that do. A condition looks at the fields of an entity, so
the service has none. `"authenticated"`, `"owner"`, `"tenant"` and roles are told by tokens: the service says by
`auth:issuer` and `auth:audience` whose tokens it takes. Fields have permissions that are not a key, which is in
every path, nor secret, which nobody reads, nor a relationship, whose rows have permissions of their own.""",
    example="""\
ex:Shop a api:Service ; auth:issuer "https://id.example.org/" ; auth:audience "shop" ;
  auth:read "public" ; auth:create "authenticated" ; auth:delete "role:admin" .

ex:Book a orm:Entity ;
  auth:update "owner" ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "written_by" ; orm:fieldType "String" ]
  ) .
""",
    mended="""\
ex:Shop a api:Service ; auth:issuer "https://id.example.org/" ; auth:audience "shop" ;
  auth:read "public" ; auth:create "authenticated" ; auth:delete "role:admin" .

ex:Book a orm:Entity ;
  auth:owner "written_by" ;
  auth:update "owner" ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "written_by" ; orm:fieldType "String" ]
  ) .
""",
)

_TOLD = frozenset({Who.AUTHENTICATED, Who.OWNER, Who.TENANT, Who.ROLE})


def check(facts: Facts) -> Iterator[Diagnostic]:
    statements = facts.statements
    yield from _without_tokens(facts)
    for service in statements.services:
        for permission in service.permissions:
            yield from _of_service(facts, permission)
    for entity in statements.entities.values():
        for permission in entity.permissions:
            yield from _of_entity(facts, entity, permission)
        for field in entity.fields:
            for permission in field.permissions:
                yield from _of_entity(facts, entity, permission)
                yield from _of_field(field, permission)


def _without_tokens(facts: Facts) -> Iterator[Diagnostic]:
    """Told once."""
    if any(each.asks_for_tokens for each in facts.statements.services):
        return
    permissions = statements_of_permissions(facts.statements)
    rules = [rule for each in permissions for rule in each.rules if rule.who in _TOLD]
    if rules:
        more = len(rules) - 1
        yield RULE.at(
            rules[0].place,
            f"nobody is told to be {_named(rules[0])}: nothing says whose tokens the service takes",
            help='say it of the service: `auth:issuer "…" ; auth:audience "…"`, or `auth:accounts true`',
            notes=(f"{more} more rule{'s ask' if more > 1 else ' asks'} for tokens",)
            if more
            else (),
        )


def _named(rule: RuleStatement) -> str:
    return f'"role:{rule.role}"' if rule.who is Who.ROLE else f'"{rule.who}"'


def _of_service(facts: Facts, permission: PermissionStatement) -> Iterator[Diagnostic]:
    entities = facts.statements.entities.values()
    for rule in permission.rules:
        if rule.who is Who.CONDITION:
            yield RULE.at(
                rule.place,
                "a condition looks at fields, and a service has none",
                help="state it of each entity that it is meant for",
            )
        elif entities and not any(applies(rule.who, each) or each.doubtful for each in entities):
            yield RULE.at(
                rule.place,
                f'"{rule.who}" means nothing: no entity says auth:{rule.who}',
                help=f'state it of an entity, as in `auth:{rule.who} "…"`',
            )


def _of_entity(
    facts: Facts, entity: EntityStatement, permission: PermissionStatement
) -> Iterator[Diagnostic]:
    name = facts.ontology.shorten(term(entity.iri))
    for rule in permission.rules:
        if not applies(rule.who, entity) and not entity.doubtful:
            what = "whose one is" if rule.who is Who.OWNER else "which tenant one belongs to"
            yield RULE.at(
                rule.place,
                f'"{rule.who}" means nothing: {name} does not say {what}',
                help=f'say where it is found: `auth:{rule.who} "…"`, a field, a relationship or a path of them',
            )


def _of_field(field: FieldStatement, permission: PermissionStatement) -> Iterator[Diagnostic]:
    name, reads = field.name, permission.operation is Operation.READ
    inferred = field.secret is None and says_secret(field)
    secret = is_true(field.secret) or inferred
    if field.kind:
        yield RULE.at(
            permission.place,
            f"'{name}' is a relationship, whose rows have permissions of their own",
            help="state it of the entity that it leads to, or of the field of the foreign key",
        )
    elif is_true(field.primary_key):
        yield RULE.at(
            permission.place,
            f"'{name}' is the key: who finds a row knows it, and nobody changes it",
        )
    elif reads and (secret or is_true(field.write_only)):
        yield RULE.at(
            permission.place,
            f"'{name}' is {'secret' if secret else 'write-only'}: nobody reads it",
            help="leave out auth:read" + (", or say `orm:secret false`" if inferred else ""),
        )
    elif not reads and is_true(field.read_only):
        yield RULE.at(
            permission.place,
            f"'{name}' is read-only: nobody changes it",
            help="leave out auth:update",
        )
