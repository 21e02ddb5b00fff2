"""What the API knows of a model: derived once from its mapper and its schemas."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from sqlalchemy import ColumnElement, Table, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapper, RelationshipProperty

from .database import Base
from .errors import Fault, Invalid, brief, pointer
from .pagination import SortTerm, key_term
from .schemas import CreateSchema, ReadSchema, UpdateSchema
from .wire import Text, Wire, wire_of

if TYPE_CHECKING:
    from .crud import CrudService


@dataclass(frozen=True, eq=False)
class Column:
    """A scalar field that clients see."""

    name: str
    attribute: InstrumentedAttribute[Any]
    field: FieldInfo
    nullable: bool

    @cached_property
    def wire(self) -> Wire:
        return wire_of(self.field)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """For values in queries and cursors: what is no e-mail address can be compared with one."""
        if self.wire.text:
            return TypeAdapter(Text)
        annotation: Any = self.field.annotation
        if self.field.metadata:
            annotation = Annotated[(annotation, *self.field.metadata)]
        return TypeAdapter(annotation)

    def parse(self, text: str) -> Any:
        """A value out of a path or a query string; raises ValueError."""
        try:
            if self.wire.number and text != "null":
                return self.adapter.validate_json(text, strict=True)
            return self.adapter.validate_strings(text)
        except ValidationError as error:
            fault = error.errors(include_input=False)[0]
            if fault["type"] == "json_invalid":
                raise ValueError("must be a number") from None
            raise ValueError(brief(fault["msg"])) from None

    def term(self, *, descending: bool = False) -> SortTerm:
        return SortTerm(self.attribute, self.adapter, self.nullable, descending)


@dataclass(frozen=True, eq=False)
class Relation:
    """A relationship of `source`, which `local`, a value of it, finds in the rows of `target`."""

    name: str
    attribute: InstrumentedAttribute[Any]
    source: Resource

    @cached_property
    def _property(self) -> RelationshipProperty[Any]:
        return cast(RelationshipProperty[Any], self.attribute.property)

    @property
    def many(self) -> bool:
        return bool(self._property.uselist)

    @cached_property
    def target(self) -> Resource:
        return self.source.siblings[self._property.mapper.class_]

    @property
    def secondary(self) -> Table | None:
        """The table that links many to many."""
        return cast(Table | None, self._property.secondary)

    @cached_property
    def local(self) -> str:
        """The attribute of the source whose value the target's rows carry."""
        column = self._property.local_remote_pairs[0][0]
        return self.source.mapper.get_property_by_column(column).key

    def criterion(self, value: Any) -> ColumnElement[bool]:
        """Of the target's rows, those that belong to a source whose `local` is `value`."""
        if self.secondary is None:
            return cast(ColumnElement[bool], self.remote == value)
        here, there = self.link_columns
        linked = select(there).where(here == value).correlate_except(self.secondary)
        return cast(ColumnElement[bool], self.remote.in_(linked))

    @cached_property
    def remote(self) -> InstrumentedAttribute[Any]:
        """The target's attribute that holds the source's `local`, or that a link refers to."""
        property_ = self._property
        links = property_.secondary_synchronize_pairs
        column: Any = links[0][0] if links else property_.local_remote_pairs[0][1]
        attribute = property_.mapper.get_property_by_column(column).key
        return cast(InstrumentedAttribute[Any], getattr(property_.mapper.class_, attribute))

    @property
    def link_columns(self) -> tuple[Any, Any]:
        """Of `secondary`: the column that refers to the source and the one that refers to the target."""
        links: Any = self._property.secondary_synchronize_pairs
        return self._property.synchronize_pairs[0][1], links[0][1]

    @cached_property
    def order(self) -> tuple[SortTerm, ...]:
        """The relationship's `order_by`, as far as it consists of visible columns."""
        terms = []
        for expression in self._property.order_by or ():
            column = getattr(expression, "element", expression)
            attribute = self.target.mapper.get_property_by_column(column).key
            if attribute in self.target.by_attribute:
                visible = self.target.by_attribute[attribute]
                terms.append(visible.term(descending=column is not expression))
        return tuple(terms)


Endpoint = Callable[[Request, AsyncSession], Awaitable[Response]]


class ReadCache(Protocol):
    """Answers reads in the place of an endpoint, which it asks where it has no answer."""

    def reads(
        self, endpoint: Endpoint, resource: Resource, relation: Relation | None, *, many: bool
    ) -> Endpoint: ...


@dataclass(eq=False, kw_only=True)
class Resource:
    """A model in the API. `relations` are exposed, those in `embed` stand in every answer.

    `names` gives the JSON key of a relationship where it differs from the attribute, `cache` keeps the answers.
    """

    service: type[CrudService[Any, Any, Any]]
    read: type[ReadSchema]
    create: type[CreateSchema]
    update: type[UpdateSchema]
    relations: Collection[InstrumentedAttribute[Any]] = ()
    embed: Collection[InstrumentedAttribute[Any]] = ()
    names: Mapping[InstrumentedAttribute[Any], str] = field(default_factory=dict)
    cache: ReadCache | None = None
    siblings: Resources = field(init=False, repr=False)

    @property
    def model(self) -> type[Base]:
        return self.service.model

    @cached_property
    def mapper(self) -> Mapper[Any]:
        mapper: Mapper[Any] = inspect(self.model)
        mapper.registry.configure()
        return mapper

    @property
    def title(self) -> str:
        """The name of its components in OpenAPI: `Post` of `PostRead`, `PostPage`."""
        return self.model.__name__

    @cached_property
    def table(self) -> Table:
        return cast(Table, self.mapper.local_table)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """By JSON name, in the order of the read schema."""
        columns = {}
        for attribute, info in self.read.model_fields.items():
            if attribute in self.mapper.column_attrs:
                name = info.serialization_alias or info.alias or attribute
                nullable = bool(self.mapper.column_attrs[attribute].columns[0].nullable)
                columns[name] = Column(name, getattr(self.model, attribute), info, nullable)
        return columns

    @cached_property
    def by_attribute(self) -> Mapping[str, Column]:
        return {column.attribute.key: column for column in self.columns.values()}

    @cached_property
    def key(self) -> Column:
        return self.by_attribute[key_term(self.model).column.key]

    @property
    def snake_name(self) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.title).lower()

    @property
    def key_parameter(self) -> str:
        """The name of its key in paths."""
        return f"{self.snake_name}_id"

    def check_key(self, data: CreateSchema) -> None:
        """A key of text that a client chooses is part of paths, which not every text can be."""
        key = getattr(data, self.key.attribute.key, None)
        if isinstance(key, str) and (key in ("", ".", "..") or "/" in key):
            place = pointer([self.key.name])
            raise Invalid(Fault(pointer=place, detail="cannot stand in a path"))

    def parse_key(self, text: str, parameter: str) -> Any:
        try:
            return self.key.parse(text)
        except ValueError as error:
            raise Invalid(Fault(parameter=parameter, detail=str(error))) from None

    @cached_property
    def encoders(self) -> Mapping[str, Callable[[Any], Any]]:
        """By JSON name, what remains to be done to a value that Pydantic has dumped."""
        return {
            column.name: column.wire.encode
            for column in self.columns.values()
            if column.wire.encode is not None
        }

    @cached_property
    def relation(self) -> Mapping[str, Relation]:
        """By JSON name."""
        relations = {}
        for attribute in self.relations:
            name = self.names.get(attribute, attribute.key)
            relations[name] = Relation(name, attribute, self)
        return relations

    @cached_property
    def embedded(self) -> Sequence[str]:
        """The JSON names of what stands in every answer."""
        return [self.names.get(attribute, attribute.key) for attribute in self.embed]


class Resources:
    """The resources of a service, each of which finds the others here by their model."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_model = {resource.model: resource for resource in resources}
        for resource in resources:
            resource.siblings = self

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_model.values())

    def __getitem__(self, model: type[Any]) -> Resource:
        return self._by_model[model]
