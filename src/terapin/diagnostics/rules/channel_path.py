from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.paths import is_path, path_parameters, without_names
from terapin.ontology.statements import ChannelStatement
from terapin.ontology.streams import path_of

RULE = Rule(
    code="channel-path",
    summary="the path of a channel cannot be served",
    explanation="""\
A path begins with `/`. What it has in braces are its parameters, each once; what stands for them in a client's URL is
the name of the room. No two channels have the same path. One that states none has `/ws/{room_id}`,
or `/TABLE/changes` where it tells of changes.""",
    example="""\
ex:Lobby a ws:Channel .

ex:Chat a ws:Channel ; ws:path "/ws/{chat}" .
""",
    mended="""\
ex:Lobby a ws:Channel .

ex:Chat a ws:Channel ; ws:path "/chats/{chat}" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    seen: dict[str, ChannelStatement] = {}
    for channel in facts.statements.channels:
        path = path_of(facts, channel)
        place = channel.path.place if channel.path else channel.place
        names = path_parameters(path)
        if not is_path(path):
            yield RULE.at(place, f"'{path}' is not a path", help='paths look like "/chats/{chat}"')
            continue
        if len(set(names)) < len(names):
            yield RULE.at(place, f"'{path}' has a parameter twice")
        first = seen.setdefault(without_names(path), channel)
        if first is not channel:
            label = Label(first.path.place if first.path else first.place, "the other one")
            yield RULE.at(
                place,
                f"there are two channels at {path}",
                labels=(label,),
                help="state another ws:path",
            )
