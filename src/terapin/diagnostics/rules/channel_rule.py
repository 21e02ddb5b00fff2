from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.model.channels import AUTHENTICATED, PUBLIC, ROLE
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated

RULE = Rule(
    code="channel-rule",
    local=True,
    summary="who may be in a room, or say something there, cannot be told like this",
    explanation="""\
`auth:subscribe` and `auth:publish` of a channel, or of the service for those that do not say it, are "public",
"authenticated" or "role:NAME", or a list of these. Who is authenticated, and what roles they have, is known from
tokens: the service says by `auth:issuer` and `auth:audience` whose it takes. Whatever else decides, such as whose room
it is, is written in Python, in the policy that is generated with the channel.""",
    example="""\
ex:Lobby a ws:Channel ; auth:subscribe "everybody" .
""",
    mended="""\
ex:Lobby a ws:Channel ; auth:subscribe "public" .
""",
)

_KNOWN = (PUBLIC, AUTHENTICATED)
_ELSEWHERE = ("owner", "tenant")
_LONGEST_ROLE = 200


def check(facts: Facts) -> Iterator[Diagnostic]:
    services = facts.statements.services
    has_tokens = any(each.asks_for_tokens for each in services)
    channels = facts.statements.channels
    rules = [(each.subscribe, each.publish) for each in channels]
    rules += [(each.subscribe, each.publish) for each in services]
    for subscribe, publish in rules:
        for stated in (*subscribe, *publish):
            yield from _check(stated, has_tokens)


def _check(stated: Stated[str], has_tokens: bool) -> Iterator[Diagnostic]:
    rule = stated.value
    role = rule.removeprefix(ROLE) if rule.startswith(ROLE) else None
    if role is not None and (not role.isprintable() or not 0 < len(role) <= _LONGEST_ROLE):
        yield RULE.at(stated.place, f"a role has 1 to {_LONGEST_ROLE} characters that can be seen")
    elif rule in _ELSEWHERE:
        yield RULE.at(
            stated.place,
            f'a room has no "{rule}" that the ontology knows',
            help="write it in the policy of the channel",
        )
    elif role is None and rule not in _KNOWN:
        yield RULE.at(
            stated.place,
            f"'{rule}' is no rule of a channel",
            help=did_you_mean(
                rule, _KNOWN, 'one of "public", "authenticated", "role:NAME"', quote='"'
            ),
        )
    elif rule != PUBLIC and not has_tokens:
        yield RULE.at(
            stated.place,
            "nobody is authenticated, since the service takes no tokens",
            help="say whose it takes by auth:issuer and auth:audience of the api:Service",
        )
