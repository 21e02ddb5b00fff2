from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Kind
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="document-many-to-many",
    summary="a many-to-many relationship has an end on MongoDB",
    explanation="""\
A many-to-many relationship is a table of pairs with two foreign keys, which stands in the database of both entities.
Where one of them lives on MongoDB, declare what lies between the two as an entity of its own, with a `rel:ManyToOne`
to each: it may live in either.""",
    example="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "reviews" ; orm:fieldType rel:ManyToMany ]
  ) .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:BookReviews a rel:ManyToMany ; rel:from ex:Book ; rel:to ex:Review .
""",
    mended="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "reviews" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:BookReviews a rel:OneToMany ; rel:from ex:Book ; rel:to ex:Review .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    documents = facts.placement.documents
    for link in facts.links:
        ends = [each.iri for each in (link.source, link.target) if each.iri in documents]
        if link.kind is Kind.MANY_TO_MANY and ends:
            name = facts.ontology.shorten(term(ends[0]))
            yield RULE.at(
                link.statement.place,
                f"a many-to-many relationship cannot have an end on MongoDB, where {name} lives",
                help="declare an entity between the two, with a rel:ManyToOne to each",
            )
