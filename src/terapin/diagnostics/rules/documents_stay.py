from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.evolution.change import Change, TableChange
from terapin.evolution.renames import in_order
from terapin.evolution.schema import Column
from terapin.model import Field, FieldType, Now

RULE = Rule(
    code="documents-stay",
    severity=Severity.WARNING,
    summary="documents that are already on MongoDB do not follow a change by themselves",
    explanation="""\
Migrations are for PostgreSQL. On MongoDB indexes and validators follow the ontology, and documents stay as they are:
where a field or a collection has another name, or a new field is required without a default that `migrate` can fill in,
those that are there are found without it. The message has the command that changes them, for `mongosh`; run it
before the new version of the service serves.""",
    before="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "text" ; orm:fieldType "Text" ]
  ) .
""",
    example="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "body" ; orm:fieldType "Text" ; orm:formerly "text" ]
  ) .
""",
    mended="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "text" ; orm:fieldType "Text" ]
    [ orm:fieldName "rating" ; orm:fieldType "Integer" ; orm:nullable true ]
  ) .
""",
)

# What `db.NAME` is taken for a collection; some names of a database are functions.
_PLAIN = re.compile(
    r"(?!(?:aggregate|auth|constructor|eval|hello|help|logout|sql|stats|version|watch)\Z)[a-z][a-z0-9_]*\Z"
)

_TEXTS = frozenset({"String", "Text"})


def judge(change: Change, shorten: Callable[[str], str]) -> Iterator[Diagnostic]:
    for each in change.collections:
        yield from _collection_renamed(each)
        yield from _fields_renamed(each)
        yield from _without_value(each)
        yield from _of_another_type(each)


def _collection_renamed(table: TableChange) -> Iterator[Diagnostic]:
    old, new = table.old.name, table.new.name
    if old != new:
        yield RULE.at(
            table.new.source.place if table.new.source else None,
            f"the collection {old} is called {new} from now on",
            help=_command(old, f"renameCollection({json.dumps(new)})"),
        )


def _fields_renamed(table: TableChange) -> Iterator[Diagnostic]:
    """All in one command, unless one takes the name of another."""
    pairs = [(old, new) for old, new in table.columns if old.name != new.name and not _is_key(new)]
    if not pairs:
        return
    steps = list(in_order({old.name: new.name for old, new in pairs}))
    apart = len({name for step in steps for name in step}) == 2 * len(steps)
    renames = [dict(steps)] if apart else [{old: new} for old, new in steps]
    commands = [f"updateMany({{}}, {{$rename: {json.dumps(each)}}})" for each in renames]
    names = ", ".join(f"'{old.name}' is called '{new.name}'" for old, new in pairs)
    yield RULE.at(
        pairs[0][1].source.place if pairs[0][1].source else None,
        f"in the collection {table.new.name}, {names} from now on",
        help=_command(table.new.name, *commands),
    )


def _without_value(table: TableChange) -> Iterator[Diagnostic]:
    required = [new for old, new in table.columns if old.nullable and not new.nullable]
    for column in (*table.added, *required):
        given = column.nullable or _is_key(column)
        if column.source and not given and not _is_filled_in(column.source):
            name = json.dumps(column.name)
            missing = f"{{{name}: {{$exists: false}}}}"
            yield RULE.at(
                column.source.place,
                f"{table.new.name}.{column.name} is required, and documents that are there have no value",
                help=_command(
                    table.new.name,
                    f"updateMany({missing}, {{$set: {{{name}: {_value(column.source)}}}}})",
                ),
            )


def _of_another_type(table: TableChange) -> Iterator[Diagnostic]:
    for old, new in table.columns:
        before, now = old.source, new.source
        types = {old.type.name, new.type.name}
        if before and now and len(types) > 1 and not types <= _TEXTS:
            yield RULE.at(
                now.place,
                f"{table.new.name}.{new.name} goes from {before.type} to {now.type}, "
                "and documents that are there keep their values",
                help="convert them in mongosh, as by `$convert` in an updateMany",
            )


def _is_key(column: Column) -> bool:
    """It is `_id`, whatever it is called."""
    return column.source is not None and column.source.primary_key


def _command(collection: str, *calls: str) -> str:
    name = f"db.{collection}"
    if not _PLAIN.match(collection):
        name = f"db.getCollection({json.dumps(collection)})"
    return f"in mongosh: `{'; '.join(f'{name}.{call}' for call in calls)}`"


def _is_filled_in(field: Field) -> bool:
    """By `migrate`: with a default that is the same for every document."""
    if field.default is None or isinstance(field.default, Now):
        return False
    return not _is_shared(field)


def _is_shared(field: Field) -> bool:
    """A list or an object, of which each new document gets one of its own."""
    return field.type is FieldType.JSON and str(field.default).lstrip().startswith(("[", "{"))


def _value(field: Field) -> str:
    """As the shell has it, or a gap to be filled."""
    if _is_shared(field):
        return str(field.default)
    is_now = isinstance(field.default, Now) and field.type is FieldType.DATE_TIME
    return "new Date()" if is_now else "…"
