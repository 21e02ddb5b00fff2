from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated
from terapin.ontology.terms import term

RULE = Rule(
    code="formerly-taken",
    summary="orm:formerly names something that is still there, or that another claims",
    explanation="""\
`orm:formerly` says that something has a new name, and takes its rows along. What it names is therefore gone from
the ontology, and one thing only can have become of it. Two fields that are to exchange their names take two runs:
one of them goes by a third name in between.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "mail" ; orm:fieldType "String" ]
    [ orm:fieldName "email" ; orm:fieldType "String" ; orm:formerly "mail" ]
  ) .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "email" ; orm:fieldType "String" ; orm:formerly "mail" ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    statements = facts.statements

    def shown(iri: str) -> str:
        return facts.ontology.shorten(term(iri))

    entities = {each.iri: each.formerly for each in statements.entities.values()}
    yield from _taken(entities, shown)
    yield from _taken({each.iri: each.formerly for each in statements.relationships}, shown)
    yield from _taken({each.iri: each.formerly for each in statements.tasks}, shown)
    for entity in statements.entities.values():
        yield from _taken({each.name: each.formerly for each in entity.fields}, repr)


def _taken(
    named: Mapping[str, Stated[str] | None], shown: Callable[[str], str]
) -> Iterator[Diagnostic]:
    claimed: dict[str, Stated[str]] = {}
    for name, formerly in named.items():
        if formerly is None:
            continue
        former = shown(formerly.value)
        first = claimed.setdefault(formerly.value, formerly)
        if formerly.value == name:
            yield RULE.at(formerly.place, f"{former} is what this is called now", help=_REMOVE)
        elif formerly.value in named:
            yield RULE.at(
                formerly.place, f"{former} is still there, so this is no rename", help=_REMOVE
            )
        elif first is not formerly:
            yield RULE.at(
                formerly.place,
                f"{former} cannot have become two things",
                labels=(Label(first.place, "the other one"),),
            )


_REMOVE = "remove the orm:formerly, or else what it names"
