"""What the API knows of a model: derived once from its entity and its schemas."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from .entities import Ends, Entity, entity_of
from .errors import Fault, Invalid, brief, pointer
from .pagination import SortTerm
from .schemas import CreateSchema, ReadSchema, UpdateSchema
from .service import Noticed
from .wire import Text, Wire, wire_of

if TYPE_CHECKING:
    from .guard import Guard, Rules
    from .service import Service


@dataclass(frozen=True, eq=False)
class Column:
    """A field that clients see. `operand` is what the values of a query string are compared with.

    `kind` is its type in the ontology's words.
    """

    name: str
    attribute: Any
    operand: Any
    field: FieldInfo
    nullable: bool
    kind: str

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
    attribute: Any
    source: Resource

    @cached_property
    def _ends(self) -> Ends:
        return self.source.entity.ends(self.attribute)

    @property
    def many(self) -> bool:
        return self._ends.many

    @cached_property
    def target(self) -> Resource:
        return self.source.siblings[self._ends.target]

    @property
    def local(self) -> str:
        """The attribute of the source whose value the target's rows carry."""
        return self._ends.local

    @cached_property
    def remote(self) -> Any:
        """The target's attribute that holds the source's `local`, or that a link refers to."""
        return getattr(self._ends.target, self._ends.remote)

    @property
    def secondary(self) -> Table | None:
        """The table that links many to many."""
        return self._ends.secondary

    @property
    def link_columns(self) -> tuple[Any, Any]:
        """Of `secondary`: the column that refers to the source and the one that refers to the target."""
        return self._ends.here, self._ends.there

    def criterion(self, value: Any) -> Any:
        """Of the target's rows, those that belong to a source whose `local` is `value`."""
        if self.secondary is None:
            return self.remote == value
        here, there = self.link_columns
        linked = select(there).where(here == value).correlate_except(self.secondary)
        return self.remote.in_(linked)

    @property
    def order(self) -> tuple[SortTerm, ...]:
        """The relationship's own order, as far as it consists of columns that are visible to all."""
        guard = self.target.guard
        if guard is None or not guard.restricted:
            return self._order
        return tuple(term for term in self._order if term.column.key not in guard.restricted)

    @cached_property
    def _order(self) -> tuple[SortTerm, ...]:
        return tuple(
            self.target.by_attribute[attribute].term(descending=descending)
            for attribute, descending in self._ends.order
            if attribute in self.target.by_attribute
        )


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

    service: type[Service[Any, Any, Any]]
    read: type[ReadSchema]
    create: type[CreateSchema]
    update: type[UpdateSchema]
    relations: Collection[Any] = ()
    embed: Collection[Any] = ()
    names: Mapping[Any, str] = field(default_factory=dict)
    cache: ReadCache | None = None
    policy: type[Rules] | None = None
    siblings: Resources = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.policy is not None:
            self.service.guard = self.policy.guarding(self)

    @property
    def guard(self) -> Guard | None:
        """Who says what may be done with its rows; without one everybody may do everything."""
        return self.service.guard

    @property
    def model(self) -> type[Any]:
        return self.service.model

    @cached_property
    def entity(self) -> Entity:
        return entity_of(self.model)

    @property
    def title(self) -> str:
        """The name of its components in OpenAPI: `Post` of `PostRead`, `PostPage`."""
        return self.model.__name__

    @property
    def name(self) -> str:
        """Of its table or collection, and its path."""
        return self.entity.name

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """By JSON name, in the order of the read schema."""
        columns = {}
        for attribute, info in self.read.model_fields.items():
            if attribute in self.entity.properties:
                name = info.serialization_alias or info.alias or attribute
                columns[name] = Column(
                    name,
                    attribute=getattr(self.model, attribute),
                    operand=self.entity.operand(attribute),
                    field=info,
                    nullable=self.entity.properties[attribute].nullable,
                    kind=self.entity.properties[attribute].kind,
                )
        return columns

    @cached_property
    def by_attribute(self) -> Mapping[str, Column]:
        return {column.attribute.key: column for column in self.columns.values()}

    @cached_property
    def key(self) -> Column:
        return self.by_attribute[self.entity.key.attribute]

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
        self._guard: Guard | None = None
        self._guarded_at = -1
        for resource in resources:
            resource.siblings = self

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_model.values())

    def __getitem__(self, model: type[Any]) -> Resource:
        return self._by_model[model]

    def get(self, model: type[Any]) -> Resource | None:
        return self._by_model.get(model)

    @property
    def guard(self) -> Guard | None:
        """Of any of them; None where everybody may do everything."""
        if self._guarded_at != Noticed.changes:
            self._guarded_at = Noticed.changes
            self._guard = next((each.guard for each in self if each.guard is not None), None)
        return self._guard
