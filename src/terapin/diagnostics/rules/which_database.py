from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import SourceStatement, Stated
from terapin.ontology.terms import term

RULE = Rule(
    code="which-database",
    summary="it is open which PostgreSQL database the entities live in",
    explanation="""\
Entities that do not live on MongoDB live in one PostgreSQL database together, so that a transaction, a foreign key and
a query reach all of them; background tasks are kept there as well. Where several sources of type "postgresql" are
declared, it is the one that entities name by `orm:dataSource`, and all name the same; saying it of one is enough. The
others are there for queries of your own.""",
    example="""\
ex:Main a db:DataSource ; db:type "postgresql" .

ex:Reports a db:DataSource ; db:type "postgresql" .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Main a db:DataSource ; db:type "postgresql" .

ex:Reports a db:DataSource ; db:type "postgresql" .

ex:Book a orm:Entity ;
  orm:dataSource ex:Main ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    databases = facts.placement.databases
    if len(databases) < 2 or not facts.placement.relational:
        return
    stated = [each for each in (_naming(facts, source) for source in databases) if each]
    first, second = (facts.ontology.shorten(term(each.iri)) for each in databases[:2])
    if stated:
        yield RULE.at(
            stated[1].place,
            f"entities live in {first} and in {second}, which are two databases",
            labels=(Label(stated[0].place, "the other one"),),
            help="one PostgreSQL database holds all entities that do not live on MongoDB",
        )
    else:
        yield RULE.at(
            databases[1].place,
            f"{first} and {second} are both of type postgresql, and no entity says which it lives in",
            labels=(Label(databases[0].place, "the other one"),),
            help=f"say it of one entity, as in `orm:dataSource {first}`"
            if facts.statements.entities
            else "tasks are kept in one of them: leave out the others",
        )


def _naming(facts: Facts, source: SourceStatement) -> Stated[str] | None:
    """Where the first entity that lives in it says so."""
    entities = facts.statements.entities.values()
    return next(
        (
            each.data_source
            for each in entities
            if each.data_source and each.data_source.value == source.iri
        ),
        None,
    )
