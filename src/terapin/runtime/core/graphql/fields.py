"""Fields that core resolves. Each says what it stands for, so that its class is all that is to be read of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from types import GenericAlias
from typing import Any, ClassVar, Self, cast

from pydantic import ValidationError
from strawberry import UNSET, Info
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryContainer
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from ..errors import Fault, Invalid, NotFound, brief
from ..pagination import DEFAULT_LIMIT, MAX_LIMIT, Page, PageQuery
from ..resource import Relation, Resource
from .connections import Connection, Slice
from .context import Context
from .filters import conditions, order
from .names import graphql_name
from .rows import Row, definition, describe, instance
from .types import resolved_type

# A nested list has no cursor, and a deep offset costs what reading so many rows costs.
MAX_OFFSET = 10_000

Arguments = Mapping[str, Any]


class Fact(StrawberryField):
    """Declared as `field: Type = fact()`; what it resolves to follows from its type and its name."""

    # How many objects there are if a list is resolved, by its argument.
    size: ClassVar[str | None] = None

    def __init__(self, *arguments: Any, inputs: tuple[Any, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.inputs = inputs
        self.init = self.repr = self.compare = False

    def __copy__(self) -> Self:
        made = super().__copy__()
        made.inputs = self.inputs
        return made

    @property
    def is_basic_field(self) -> bool:
        return False

    @cached_property
    def is_async(self) -> bool:
        return True

    @property
    def arguments(self) -> list[StrawberryArgument]:
        if self._arguments is None:
            self._arguments = self.declared()
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    def declared(self) -> list[StrawberryArgument]:
        return []

    @cached_property
    def node(self) -> type[Row]:
        """The object type of the rows that it answers."""
        return _node(self.type)

    @property
    def resource(self) -> Resource:
        """Of the rows that it answers."""
        return self.node.__resource__

    def get_result(
        self, source: Any, info: Info[Context] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> Awaitable[Any]:
        return self.resolve(source, cast(Info[Context], info), kwargs)

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> Any:
        raise NotImplementedError


def _node(type_: Any) -> type[Row]:
    while isinstance(type_, (StrawberryContainer, LazyType)):
        type_ = type_.resolve_type() if isinstance(type_, LazyType) else type_.of_type
    if not issubclass(type_, Row):
        (type_,) = definition(type_).type_var_map.values()
        return _node(type_)
    return cast(type[Row], type_)


class _Paged(Fact):
    """With `inputs` for `where` and `orderBy`."""

    def declared(self) -> list[StrawberryArgument]:
        where, order_by = self.inputs
        shown = {name: each.field for name, each in self.resource.by_attribute.items()}
        describe(where, shown)
        describe(order_by, shown)
        return [
            *self.paging(),
            argument("where", where | None),
            argument("order_by", GenericAlias(list, (order_by,)) | None),
        ]

    def paging(self) -> list[StrawberryArgument]:
        return [argument("limit", int, DEFAULT_LIMIT), argument("offset", int, 0)]

    def page(self, given: Arguments) -> PageQuery:
        """Raises Invalid."""
        return PageQuery(
            where=conditions(self.resource, given.get("where")),
            sort=order(self.resource, given.get("order_by")),
            limit=within("limit", given.get("limit"), 1, MAX_LIMIT, DEFAULT_LIMIT),
            offset=within("offset", given.get("offset"), 0, MAX_OFFSET, 0),
        )


class _Related(Fact):
    @cached_property
    def relation(self) -> Relation:
        """The one of the type that declares it, which has its name."""
        source: Resource = cast(type[Row], self.origin).__resource__
        return next(
            each for each in source.relation.values() if each.attribute.key == self.python_name
        )

    async def load(
        self, source: Row, info: Info[Context], key: Any, page: Callable[[], PageQuery]
    ) -> Page[Any]:
        """The rows of `source`, asked for together with those of other sources for which `key` is the same."""
        relation, context = self.relation, info.context
        local = getattr(source._row, relation.local)
        if local is None:
            return Page(())

        async def load(values: list[Any]) -> list[Page[Any]]:
            query = page()
            async with context.reading() as session:
                found = await relation.target.service(session).related(relation, values, query)
            return [found.get(value, Page(())) for value in values]

        loaded: Page[Any] = await context.loader((relation, key), load).load(local)
        return loaded


class One(_Related):
    """The row of a relation, or null."""

    async def resolve(self, source: Row, info: Info[Context], given: Arguments) -> Any:
        page = await self.load(source, info, None, PageQuery)
        return instance(self.node, page.items[0]) if page.items else None


class Many(_Paged, _Related):
    """A page of the rows of a relation."""

    size = "limit"

    async def resolve(self, source: Row, info: Info[Context], given: Arguments) -> list[Row]:
        # Where the document asks is what it asks: with the same arguments for every source.
        asked = id(info._raw_info.field_nodes[0])
        page = await self.load(source, info, asked, lambda: self.page(given))
        return [instance(self.node, row) for row in page.items]


class ByKey(Fact):
    """The row of a key, or null."""

    def declared(self) -> list[StrawberryArgument]:
        return [key_argument(self.node)]

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> Any:
        key = checked_key(self.resource, given)
        async with info.context.reading() as session:
            try:
                row = await self.resource.service(session).get(key)
            except NotFound:
                return None
        return instance(self.node, row)


class Listed(_Paged):
    """A page of the rows of a resource."""

    size = "limit"

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> list[Row]:
        query = self.page(given)
        async with info.context.reading() as session:
            page = await self.resource.service(session).list(query)
        return [instance(self.node, row) for row in page.items]


class Connected(_Paged):
    """A page of the rows of a resource, as a connection of Relay."""

    size = "first"

    def paging(self) -> list[StrawberryArgument]:
        return [argument("first", int, DEFAULT_LIMIT), argument("after", str | None)]

    def page(self, given: Arguments) -> PageQuery:
        return PageQuery(
            where=conditions(self.resource, given.get("where")),
            sort=order(self.resource, given.get("order_by")),
            limit=within("first", given.get("first"), 1, MAX_LIMIT, DEFAULT_LIMIT),
            cursor=given.get("after"),
        )

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> Connection[Any]:
        query = self.page(given)
        async with info.context.reading() as session:
            page = await self.resource.service(session).list(query)
        return Connection(slice=Slice(self.resource, self.node, query, page))


def one(*, name: str | None = None) -> Any:
    return One(graphql_name=name)


def many(where: Any, order_by: Any, *, name: str | None = None) -> Any:
    return Many(graphql_name=name, inputs=(where, order_by))


def by_key(*, name: str | None = None) -> Any:
    return ByKey(graphql_name=name)


def listed(where: Any, order_by: Any, *, name: str | None = None) -> Any:
    return Listed(graphql_name=name, inputs=(where, order_by))


def connected(where: Any, order_by: Any, *, name: str | None = None) -> Any:
    return Connected(graphql_name=name, inputs=(where, order_by))


def argument(name: str, type_: Any, default: Any = UNSET) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(resolved_type(type_)),
        default=default,
    )


KEY = "key"


def key_argument(node: type[Row]) -> StrawberryArgument:
    """Called as the field of the key, and of its type."""
    column = node.__resource__.key
    attribute = column.attribute.key
    field = next(each for each in definition(node).fields if each.python_name == attribute)
    return StrawberryArgument(
        python_name=KEY,
        graphql_name=graphql_name(field),
        type_annotation=StrawberryAnnotation(field.type),
        description=column.field.description,
    )


def checked_key(resource: Resource, given: Arguments) -> Any:
    try:
        return resource.key.adapter.validate_python(given[KEY])
    except ValidationError as error:
        detail = brief(error.errors(include_input=False)[0]["msg"])
        raise Invalid(Fault(parameter=resource.key.name, detail=detail)) from None


def within(name: str, value: int | None, least: int, most: int, default: int) -> int:
    if value is None:
        return default
    if not least <= value <= most:
        detail = f"must be a number from {least} to {most:,}"
        raise Invalid(Fault(parameter=name, detail=detail))
    return value
