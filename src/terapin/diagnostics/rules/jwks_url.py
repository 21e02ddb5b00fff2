from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.issuers import is_safe

RULE = Rule(
    code="jwks-url",
    local=True,
    summary="keys of an issuer would come from where others can change them",
    explanation="""\
`auth:jwks` is where the issuer of tokens publishes its keys. Whoever can put another key there, or into the answer on
its way, is whoever they like. So it is an `https://` URL, without a user, a password or a fragment; `http://` does for
this machine alone (`localhost`, `127.0.0.1`, `[::1]`), for a provider in development. The service refuses the same of
its setting.""",
    example="""\
ex:Shop a api:Service ;
  auth:issuer "https://id.example.org/" ;
  auth:audience "https://shop.example.org" ;
  auth:jwks "http://id.example.org/keys" .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Shop a api:Service ;
  auth:issuer "https://id.example.org/" ;
  auth:audience "https://shop.example.org" ;
  auth:jwks "https://id.example.org/keys" .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for service in facts.statements.services:
        if service.jwks and not is_safe(service.jwks.value):
            yield RULE.at(
                service.jwks.place,
                "auth:jwks is no https:// URL, nor one of this machine",
                help="an issuer tells it as `jwks_uri` in its /.well-known/openid-configuration",
            )
