"""Root fields that change something: each is a transaction of its own, committed before it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from strawberry import UNSET, Info
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from ..errors import Fault, Invalid, Problem, pointer
from ..schemas import WriteSchema, json_name
from .context import Context
from .errors import problem_of
from .fields import Arguments, Fact, argument, checked_key, key_argument
from .names import graphql_name
from .rows import Row, definition, describe, instance

Schema = TypeVar("Schema", bound=WriteSchema)


class Create(Fact):
    """With the input type as its one of `inputs`, which is None where nothing is to be given."""

    def declared(self) -> list[StrawberryArgument]:
        (input_,) = self.inputs
        if input_ is None:
            return []
        describe(input_, self.resource.create.model_fields)
        return [argument("input", input_)]

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> Any:
        schema = self.resource.create
        with _told(schema, given.get("input"), info.context):
            data = _written(schema, given.get("input"))
            self.resource.check_key(data)
            async with info.context.transaction() as session:
                row = await self.resource.service(session).create(data)
        return instance(self.node, row)


class Update(Fact):
    """With the input type as its one of `inputs`."""

    def declared(self) -> list[StrawberryArgument]:
        (input_,) = self.inputs
        describe(input_, self.resource.update.model_fields)
        return [key_argument(self.node), argument("input", input_)]

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> Any:
        key = checked_key(self.resource, given)
        schema = self.resource.update
        with _told(schema, given["input"], info.context):
            data = _written(schema, given["input"])
            async with info.context.transaction() as session:
                row = await self.resource.service(session).update(key, data)
        return instance(self.node, row)


class Delete(Fact):
    """Answers the key. The object type is its one of `inputs`."""

    @cached_property
    def node(self) -> type[Row]:
        type_: type[Row] = self.inputs[0]
        return type_

    def declared(self) -> list[StrawberryArgument]:
        return [key_argument(self.node)]

    async def resolve(self, source: Any, info: Info[Context], given: Arguments) -> Any:
        key = checked_key(self.resource, given)
        async with info.context.transaction() as session:
            await self.resource.service(session).delete(key)
        return key


def create(input_: Any = None, *, name: str | None = None) -> Any:
    return Create(graphql_name=name, inputs=(input_,))


def update(input_: Any, *, name: str | None = None) -> Any:
    return Update(graphql_name=name, inputs=(input_,))


def delete(type_: Any, *, name: str | None = None) -> Any:
    return Delete(graphql_name=name, inputs=(type_,))


def _fields(given: Any) -> list[StrawberryField]:
    return definition(given).fields if given is not None else []


def _written(schema: type[Schema], given: Any) -> Schema:
    """What a client of REST would have sent, checked as strictly. Raises Invalid."""
    values = {
        json_name(schema, field.python_name): value
        for field in _fields(given)
        if (value := getattr(given, field.python_name)) is not UNSET
    }
    try:
        return schema.model_validate(values, strict=True)
    except ValidationError as error:
        raise Invalid.body(error) from None


@contextmanager
def _told(schema: type[WriteSchema], given: Any, context: Context) -> Iterator[None]:
    """Problems point to the fields of the input, as it calls them."""
    try:
        yield
    except (Problem, DBAPIError) as error:
        problem = problem_of(error, context.errors)
        if problem is None:
            raise
        names = {
            pointer([json_name(schema, field.python_name)]): pointer([graphql_name(field)])
            for field in _fields(given)
        }
        problem.faults = tuple(_renamed(fault, names) for fault in problem.faults)
        raise problem from error


def _renamed(fault: Fault, names: dict[str, str]) -> Fault:
    """Its pointer may lead into a value."""
    if not fault.pointer:
        return fault
    head = "/" + fault.pointer[1:].partition("/")[0]
    return replace(fault, pointer=names.get(head, head) + fault.pointer[len(head) :])
