from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.connections import has_password
from terapin.ontology.facts import Facts

RULE = Rule(
    code="password-in-url",
    local=True,
    summary="a connection string has a password in it",
    explanation="""\
An ontology is read by many, is kept in version control, and goes with the service that is made of it. The connection
string is only a default of the source's URL: what is secret comes from the environment, in the variable that ends in
the name of the source and `_URL`. Wherever an ontology is shown, such a password is shown as asterisks. Change it if
others have read it. `...` in its place says that something is left out.""",
    example="""\
ex:Activities a db:DataSource ;
  db:type "mongodb" ;
  db:connectionString "mongodb+srv://shop:k7Jq2w@db.example.org/shop" .
""",
    mended="""\
ex:Activities a db:DataSource ;
  db:type "mongodb" ;
  db:connectionString "mongodb+srv://db.example.org/shop" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for source in facts.statements.sources.values():
        if source.url and has_password(source.url.value):
            variable = f"{facts.naming.sources[source.iri]}_URL".upper()
            yield RULE.at(
                source.url.place,
                "a password stands in the connection string",
                help=f"leave it out, and give the whole URL in the variable that ends in {variable}",
            )
