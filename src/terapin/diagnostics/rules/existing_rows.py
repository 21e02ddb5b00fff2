from __future__ import annotations

from collections.abc import Callable, Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.evolution.change import Change, TableChange, referred
from terapin.evolution.schema import Unique

RULE = Rule(
    code="existing-rows",
    severity=Severity.WARNING,
    summary="rows that are already there may not be what they are now to be",
    explanation="""\
A new field that is required and has no default leaves open what rows get that are already there: the new
migration has a line on which to say it. Values that are to be unique from now on may not be, and a field that
becomes a foreign key may refer to nothing: then the migration fails, and changes nothing. Where there are no
rows, there is nothing to do.""",
    before="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "pages" ; orm:fieldType "Integer" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "pages" ; orm:fieldType "Integer" ; orm:default 0 ]
  ) .
""",
)


def judge(change: Change, shorten: Callable[[str], str]) -> Iterator[Diagnostic]:
    for each in change.stayed:
        yield from _without_value(each)
        yield from _unique(each)
        yield from _referring(each)


def _without_value(table: TableChange) -> Iterator[Diagnostic]:
    for column in table.added:
        if column.source and column.unfilled:
            other = "make it nullable" if referred(column) else "give it an orm:default"
            yield RULE.at(
                column.source.place,
                f"{table.new.name}.{column.name} is required, and rows that are there have no value",
                help=f"{other}, or say in the new migration what they get",
            )


def _unique(table: TableChange) -> Iterator[Diagnostic]:
    """Rows that get no value in a new column are not the same in it."""
    names = {old.name: new.name for old, new in table.columns}
    before = [
        tuple(names.get(column) for column in each.columns)
        for each in table.old.constraints
        if isinstance(each, Unique)
    ]
    empty = {column.name for column in table.added if column.fill is None}
    sources = {column.name: column.source for column in table.new.columns}
    for each in table.new.constraints:
        if isinstance(each, Unique) and each.columns not in before and not empty & {*each.columns}:
            single = sources[each.columns[0]] if len(each.columns) == 1 else None
            source = single or table.new.source
            yield RULE.at(
                source.place if source else None,
                f"{table.new.name} is to be unique by {' and '.join(each.columns)}, "
                "and rows that are there may not be",
            )


def _referring(table: TableChange) -> Iterator[Diagnostic]:
    for old, new in table.columns:
        if new.source and referred(new) and not referred(old):
            yield RULE.at(
                new.source.place,
                f"{table.new.name}.{new.name} becomes a foreign key, and may refer to nothing",
            )
