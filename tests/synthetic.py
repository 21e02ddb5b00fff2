"""Ontologies of any size: entities of eight fields and two relationships each, in cycles."""

from __future__ import annotations

_HEAD = """\
@prefix orm: <http://api.example.org/orm#> .
@prefix rel: <http://api.example.org/relationship#> .
@prefix ex: <http://example.org/synthetic#> .
"""

_ENTITY = """
ex:Thing{i} a orm:Entity ;
  orm:tableName "things{i}" ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "name" ; orm:fieldType "String" ; orm:maxLength 80 ; orm:index true ]
    [ orm:fieldName "code" ; orm:fieldType "String" ; orm:unique true ]
    [ orm:fieldName "amount" ; orm:fieldType "Decimal" ; orm:precision 10 ; orm:scale 2 ]
    [ orm:fieldName "state" ; orm:fieldType "Enum" ; orm:values ( "new" "done" ) ; orm:default "new" ]
    [ orm:fieldName "made_on" ; orm:fieldType "Date" ; orm:nullable true ]
    [ orm:fieldName "is_open" ; orm:fieldType "Boolean" ; orm:default true ]
    [ orm:fieldName "data" ; orm:fieldType "JSON" ; orm:nullable true ]
    [ orm:fieldName "children" ; orm:fieldType rel:OneToMany ]
  ) .
ex:Children{i} a rel:OneToMany ;
  rel:from ex:Thing{i} ; rel:to ex:Thing{next} ; rel:foreignKey "parent_id" ; rel:nullable true .
ex:Others{i} a rel:ManyToOne ;
  rel:from ex:Thing{i} ; rel:to ex:Thing{other} ; rel:field "other" ; rel:foreignKey "other_id" ;
  rel:nullable true ; rel:inverseField "others_of_{i}" .
"""


def ontology(entities: int) -> str:
    return _HEAD + "".join(
        _ENTITY.format(i=i, next=(i + 1) % entities, other=(i * 7 + 3) % entities)
        for i in range(entities)
    )
