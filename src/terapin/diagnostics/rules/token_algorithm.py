from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.ontology.facts import Facts
from terapin.ontology.issuers import ALGORITHMS, KEY_ALGORITHMS, SECRET_ALGORITHM
from terapin.ontology.statements import ServiceStatement, Stated

RULE = Rule(
    code="token-algorithm",
    local=True,
    summary="tokens cannot be signed like this",
    explanation="""\
Tokens are signed by `HS256`, with a secret that the service shares with their issuer and takes from its settings, or by
`RS256` and `ES256`, with keys that the issuer publishes at `auth:jwks`. Not by both: whoever mixes them lets a public
key be taken for a secret. Without `auth:algorithms` a service takes those that fit its keys.""",
    example="""\
ex:Shop a api:Service ;
  auth:issuer "https://id.example.org/" ;
  auth:audience "https://shop.example.org" ;
  auth:jwks "https://id.example.org/keys" ;
  auth:algorithms ( "HS256" ) .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Shop a api:Service ;
  auth:issuer "https://id.example.org/" ;
  auth:audience "https://shop.example.org" ;
  auth:jwks "https://id.example.org/keys" ;
  auth:algorithms ( "RS256" ) .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for service in facts.statements.services:
        for stated in service.algorithms:
            yield from _check(service, stated)


def _check(service: ServiceStatement, stated: Stated[str]) -> Iterator[Diagnostic]:
    name = stated.value
    if name not in ALGORITHMS:
        yield RULE.at(
            stated.place,
            f"tokens that are signed by '{name}' are not taken",
            help=did_you_mean(name, ALGORITHMS, f"one of {', '.join(ALGORITHMS)}", quote='"'),
        )
    elif name == SECRET_ALGORITHM and service.jwks:
        yield RULE.at(
            stated.place,
            f"{name} has a secret, and none is published",
            labels=(Label(service.jwks.place, "where keys are published"),),
            help=f"leave it out, or auth:jwks: that is for {' and '.join(KEY_ALGORITHMS)}",
        )
    elif name in KEY_ALGORITHMS and not service.jwks:
        yield RULE.at(
            stated.place,
            f"{name} has keys, and nothing says where they are published",
            help="say it by auth:jwks",
        )
