from __future__ import annotations

from collections.abc import Callable, Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.evolution.change import Change, TableChange, made_by
from terapin.evolution.likeness import successor, successor_column
from terapin.evolution.schema import Column
from terapin.model import Place

RULE = Rule(
    code="maybe-renamed",
    summary="something is gone while something like it is new",
    explanation="""\
An entity and a relationship are known by their IRI, and a field by its name. Where one is gone since the last run
and another one is new, either it has a new name, and its rows or values stay, or it is really gone, and they go.
`orm:formerly` says the first, `terapin generate --allow-destructive` the second.""",
    before="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "mail" ; orm:fieldType "String" ]
  ) .
""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "email" ; orm:fieldType "String" ]
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


def judge(change: Change, shorten: Callable[[str], str]) -> Iterator[Diagnostic]:
    for table in change.dropped:
        new = successor(table, change)
        if table.source and new and new.source:
            former, name = shorten(table.source.iri), shorten(new.source.iri)
            lost = f"the table {table.name} and its rows"
            yield _diagnostic(new.source.place, former, name, former, lost)
    for each in change.stayed:
        for column in each.dropped:
            yield from _judge_column(column, each, change, shorten)


def _judge_column(
    gone: Column, table: TableChange, change: Change, shorten: Callable[[str], str]
) -> Iterator[Diagnostic]:
    new = successor_column(gone, table, change)
    if not (gone.source and new and new.source):
        return
    lost = f"the column {table.old.name}.{gone.name} and its values"
    relationship, other = made_by(gone), made_by(new)
    if relationship and other:
        former, name = shorten(relationship), shorten(other)
        yield _diagnostic(new.source.place, former, name, former, lost)
    else:
        former, name = gone.source.name, new.source.name
        yield _diagnostic(new.source.place, f"'{former}'", f"'{name}'", f'"{former}"', lost)


def _diagnostic(place: Place, former: str, name: str, value: str, lost: str) -> Diagnostic:
    return RULE.at(
        place,
        f"{former} is gone and {name} is new: is it the same by another name?",
        help=f"if it is, say `orm:formerly {value}` of {name}; "
        f"if not, --allow-destructive drops {lost}",
    )
