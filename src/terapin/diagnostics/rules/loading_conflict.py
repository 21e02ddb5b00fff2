from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts

RULE = Rule(
    code="loading-conflict",
    summary="a relationship is to be loaded lazily and eagerly",
    explanation="""\
`rel:eagerLoad true` embeds a relationship in every answer, and `orm:lazyLoad true` on its field loads it only when
it is awaited. Both cannot be, nor neither: `rel:eagerLoad false` beside `orm:lazyLoad false`. Leave one out; if
both are left out, the relationship is loaded when a request asks for it.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ; orm:lazyLoad true ]
  ) .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:eagerLoad true .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ; orm:lazyLoad false ]
  ) .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:eagerLoad true .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for link in facts.links:
        statement = link.statement
        for field, eager, term in (
            (link.forward, statement.eager_load, "rel:eagerLoad"),
            (link.backward, statement.inverse_eager_load, "rel:inverseEagerLoad"),
        ):
            lazy = field.lazy_load if field else None
            if lazy and eager and lazy.value == eager.value:
                truth = str(eager.value).lower()
                yield RULE.at(
                    eager.place,
                    f"{term} {truth} contradicts orm:lazyLoad {truth}",
                    labels=(Label(lazy.place, "stated here"),),
                )
