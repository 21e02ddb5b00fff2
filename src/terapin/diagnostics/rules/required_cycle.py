from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="required-cycle",
    severity=Severity.WARNING,
    summary="entities require each other, so that none could ever be the first",
    explanation="""\
Foreign keys are required unless something says that they can be empty. Where they lead in a circle, or from an
entity to itself, no row could be inserted before another one is there. The service would be useless, so
one of the keys is made nullable; state `rel:nullable true` at the one that is meant, and the warning is
gone.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "team" ; orm:fieldType rel:ManyToOne ]
  ) .

ex:Team a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "lead" ; orm:fieldType rel:ManyToOne ]
  ) .

ex:UserTeam a rel:ManyToOne ; rel:from ex:User ; rel:to ex:Team .

ex:TeamLead a rel:ManyToOne ; rel:from ex:Team ; rel:to ex:User .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "team" ; orm:fieldType rel:ManyToOne ]
  ) .

ex:Team a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "lead" ; orm:fieldType rel:ManyToOne ]
  ) .

ex:UserTeam a rel:ManyToOne ; rel:from ex:User ; rel:to ex:Team ; rel:nullable true .

ex:TeamLead a rel:ManyToOne ; rel:from ex:Team ; rel:to ex:User .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for link in facts.keyed:
        if link.iri in facts.opened and not link.statement.doubtful:
            holder = facts.ontology.shorten(term(link.holder.iri))
            same = link.source is link.target
            message = (
                f"every {holder} requires another one"
                if same
                else f"the foreign key of {holder} closes a circle of entities that require each other"
            )
            yield RULE.at(
                link.statement.place,
                f"{message}, so it is made nullable",
                help=f"add `rel:nullable true` to {facts.ontology.shorten(term(link.iri))}, "
                "or to another relationship of the circle",
            )
