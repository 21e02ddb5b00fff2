from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import SourceKind
from terapin.ontology.connections import database_objection, has_password, objection
from terapin.ontology.facts import Facts
from terapin.ontology.statements import SourceStatement

RULE = Rule(
    code="connection-string",
    local=True,
    summary="a connection string leads to no source of its type",
    explanation="""\
The connection string of a data source is a URL that its driver understands: `postgresql://`, `mongodb://` or
`redis://`, a host, and perhaps a user, a port and a database. With `...` anywhere in it, it is a placeholder: the
URL then comes from the environment alone. `db:database` is a name that such a server can have, and of Redis a
number.""",
    example="""\
ex:Store a db:DataSource ;
  db:type "redis" ;
  db:connectionString "rediss:/cache.example.org" .
""",
    mended="""\
ex:Store a db:DataSource ;
  db:type "redis" ;
  db:connectionString "rediss://cache.example.org" .
""",
)

_FORMS = {
    SourceKind.POSTGRESQL: "postgresql://user@host:5432/database",
    SourceKind.MONGODB: "mongodb://user@host:27017",
    SourceKind.REDIS: "redis://host:6379/0",
}


def check(facts: Facts) -> Iterator[Diagnostic]:
    for source in facts.statements.sources.values():
        if source.kind:
            yield from _url(source, source.kind.value)
            yield from _database(source, source.kind.value)


def _url(source: SourceStatement, kind: SourceKind) -> Iterator[Diagnostic]:
    if source.url and not has_password(source.url.value):
        reason = objection(kind, source.url.value)
        if reason:
            yield RULE.at(
                source.url.place,
                f"the connection string {reason}",
                help=f"it has the form {_FORMS[kind]}",
            )


def _database(source: SourceStatement, kind: SourceKind) -> Iterator[Diagnostic]:
    reason = database_objection(kind, source.database.value) if source.database else None
    if source.database and reason:
        yield RULE.at(source.database.place, f"the name of the database {reason}")
