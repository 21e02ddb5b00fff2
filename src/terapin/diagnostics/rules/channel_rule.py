from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

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
    channels, services = facts.statements.channels, facts.statements.services
    of_channels = [(each.subscribe, each.publish) for each in channels]
    of_services = [(each.subscribe, each.publish) for each in services]
    rules = chain.from_iterable(of_channels + of_services)
    for stated in chain.from_iterable(filter(None, rules)):
        if stated.value in _ELSEWHERE:
            yield RULE.at(
                stated.place,
                f'a room has no "{stated.value}" that the ontology knows',
                help="write it in the policy of the channel",
            )
        else:
            yield from complaints(RULE, "a channel", stated, facts)


def complaints(rule: Rule, what: str, stated: Stated[str], facts: Facts) -> Iterator[Diagnostic]:
    """Of those who are let in to what has no rows."""
    who = stated.value
    role = who.removeprefix(ROLE) if who.startswith(ROLE) else None
    if role is not None and (not role.isprintable() or not 0 < len(role) <= _LONGEST_ROLE):
        yield rule.at(stated.place, f"a role has 1 to {_LONGEST_ROLE} characters that can be seen")
    elif role is None and who not in _KNOWN:
        yield rule.at(
            stated.place,
            f"'{who}' is no rule of {what}",
            help=did_you_mean(
                who, _KNOWN, 'one of "public", "authenticated", "role:NAME"', quote='"'
            ),
        )
    elif who != PUBLIC and not any(each.asks_for_tokens for each in facts.statements.services):
        yield rule.at(
            stated.place,
            "nobody is authenticated, since the service takes no tokens",
            help="say whose it takes by auth:issuer and auth:audience of the api:Service",
        )
