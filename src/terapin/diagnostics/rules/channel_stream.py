from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.paths import path_parameters
from terapin.ontology.permissions import Granting
from terapin.ontology.statements import ChannelStatement, EntityStatement, Stated, value_of
from terapin.ontology.streams import names_rooms, streamed
from terapin.ontology.terms import term

RULE = Rule(
    code="channel-stream",
    summary="a channel cannot tell of changes as it is declared",
    explanation="""\
A channel that states `ws:streams` tells of the changes of an entity, and of nothing else. Nobody says anything there,
so that it has neither messages, nor a history, nor presence, nor somebody who may publish. If its path has no
parameter, it tells of all rows. Else it has one that is called as a field of the entity (`/users/{user_id}/posts`),
or as its key is called in paths (`/posts/{post_id}/changes`), and it tells of the rows with that value. Rows are told
to those who may read them: where nobody may, there is nothing to tell.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Changes a ws:Channel ; ws:streams ex:Book ; ws:path "/shelves/{shelf}/books" .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Changes a ws:Channel ; ws:streams ex:Book .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for channel in facts.statements.channels:
        entity = streamed(facts, channel)
        if channel.streams and entity:
            yield from _others(facts, channel)
            yield from _path(facts, channel, entity)
            yield from _readers(facts, channel.streams, entity)


def _others(facts: Facts, channel: ChannelStatement) -> Iterator[Diagnostic]:
    stated: list[Stated[object] | None] = [
        *channel.messages[:1],
        channel.history,
        channel.presence if value_of(channel.presence) else None,
        channel.max_message_bytes,
        channel.rate_per_second,
        *(channel.publish or ())[:1],
    ]
    for each in filter(None, stated):
        yield RULE.at(
            each.place,
            "nobody says anything in a channel that tells of changes",
            help="leave it out, or declare another channel for it",
        )


def _path(facts: Facts, channel: ChannelStatement, entity: EntityStatement) -> Iterator[Diagnostic]:
    if channel.path is None:
        return
    parameters = path_parameters(channel.path.value)
    shown = facts.ontology.shorten(term(entity.iri))
    if len(parameters) > 1:
        yield RULE.at(
            channel.path.place,
            f"the rooms of changes of {shown} are named by at most one parameter",
        )
    elif parameters and names_rooms(facts, entity, parameters[0]) is None:
        yield RULE.at(
            channel.path.place,
            f"{shown} has no field '{parameters[0]}' by which rooms could be named",
            help="call the parameter as a field that is a key, a text, a whole number or the like",
        )


def _readers(facts: Facts, streams: Stated[str], entity: EntityStatement) -> Iterator[Diagnostic]:
    permissions = Granting(facts).entity(entity)
    if permissions is not None and not permissions.read:
        shown = facts.ontology.shorten(term(entity.iri))
        yield RULE.at(
            streams.place,
            f"nobody may read {shown}, so that nobody would hear of it",
            help="say who may by auth:read, or leave out the channel",
        )
