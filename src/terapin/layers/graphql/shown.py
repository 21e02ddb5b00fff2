"""What GraphQL shows of the entities of a model, and how that is written in Python."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from ...model import Entity, Field, FieldType, GraphqlEntity, Relationship, ServiceModel
from ...model.naming import graphql_name
from ..python import Imports, literal, unhidden
from ..types import SPELLINGS, enum_name, import_annotation


@dataclass(frozen=True)
class Shown:
    """An entity, and of it what is not hidden: fields, and relationships with their targets."""

    entity: Entity
    graphql: GraphqlEntity
    fields: tuple[Field, ...]
    ends: tuple[tuple[Relationship, Entity], ...]

    @property
    def class_name(self) -> str:
        return self.entity.class_name

    @property
    def read(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.hidden)

    @property
    def creatable(self) -> tuple[Field, ...] | None:
        """None where a row needs what is hidden."""
        if any(each.required and each.creatable for each in {*self.entity.fields} - {*self.fields}):
            return None
        return tuple(field for field in self.fields if field.creatable)

    @property
    def updatable(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.updatable)


def shown(model: ServiceModel) -> Sequence[Shown]:
    assert model.graphql is not None
    return [
        _shown(model, model.entities[iri], graphql)
        for iri, graphql in model.graphql.entities.items()
    ]


def _shown(model: ServiceModel, entity: Entity, graphql: GraphqlEntity) -> Shown:
    assert model.graphql is not None
    return Shown(
        entity=entity,
        graphql=graphql,
        fields=tuple(each for each in entity.fields if each.attribute not in graphql.hidden),
        ends=tuple(
            (each, model.entities[each.target])
            for each in entity.relationships
            if each.attribute not in graphql.hidden and each.target in model.graphql.entities
        ),
    )


class Names:
    """Imports names of libraries and of core, under another one where `hiding` would hide them.

    `root` leads from the module to the service.
    """

    def __init__(self, imports: Imports, hiding: Container[str], root: str = "...") -> None:
        self.imports = imports
        self.root = root
        self._hiding = hiding

    def module(self, name: str) -> str:
        imported, called = unhidden(name, self._hiding)
        self.imports.module(imported)
        return called

    def name(self, module: str, name: str) -> str:
        imported, called = unhidden(name, self._hiding)
        self.imports.name(module, imported)
        return called

    def core(self, module: str, name: str) -> str:
        """Of core's GraphQL."""
        return self.name(f"{self.root}core.graphql.{module}", name)


def annotation(entity: Entity, field: Field, names: Names) -> str:
    """The type of a field, whose names are imported."""
    match field.type:
        case FieldType.ENUM:
            enum = enum_name(entity, field)
            names.imports.name(f"{names.root}models.{entity.module}", enum)
            return enum
        case FieldType.JSON:
            return names.name("strawberry.scalars", "JSON")
        case FieldType.BIG_INTEGER:
            return names.core("scalars", "BigInt")
    spelling = SPELLINGS[field.type]
    return "str" if spelling.domain else import_annotation(spelling, names.imports)


def named(attribute: str) -> str | None:
    """The argument that gives a field its name, where Strawberry would make another one of the attribute."""
    name = graphql_name(attribute)
    return None if name == _camel(attribute) else f"name={literal(name)}"


def _camel(attribute: str) -> str:
    """As Strawberry makes it."""
    first, *others = attribute.split("_")
    return first + "".join(word.capitalize() if word else "_" for word in others)
