"""The third way: graphql-core by itself, over the same rows in memory.

Of the service it has the SDL, the scalars, and nothing else: a list is filtered, sorted and cut in Python here.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute,
    get_named_type,
    is_input_object_type,
    is_leaf_type,
    is_object_type,
    is_scalar_type,
    parse,
    validate,
)
from graphql.execution import ExecutionResult

from terapin.runtime.core.graphql.schema import core_schema

from ..blog.models.comment import Comment
from ..blog.models.post import Post
from ..blog.models.profile import Profile
from ..blog.models.tag import Tag
from ..blog.models.user import User
from .cases import Case
from .extended import REFUSAL, schema
from .rows import NEXT, ROWS, TAGGED, key

Row = dict[str, Any]
Resolver = Callable[..., Any]
Info: TypeAlias = "GraphQLResolveInfo[Store]"

MODELS: Mapping[str, type[Any]] = {each.__name__: each for each in ROWS}
# By type and field: of which entity, by which attributes.
TO_ONE = {
    ("User", "profile"): (Profile, "id", "user_id"),
    ("Profile", "user"): (User, "user_id", "id"),
    ("Post", "author"): (User, "user_id", "id"),
    ("Comment", "author"): (User, "user_id", "id"),
    ("Comment", "post"): (Post, "post_id", "id"),
    ("Comment", "parent"): (Comment, "parent_id", "id"),
}
TO_MANY = {
    ("User", "posts"): (Post, "id", "user_id"),
    ("User", "comments"): (Comment, "id", "user_id"),
    ("Post", "comments"): (Comment, "id", "post_id"),
    ("Comment", "replies"): (Comment, "id", "parent_id"),
}
# What the ontology says of the order of a relationship.
LATEST_FIRST = ("User", "posts")
INVALID = "the request is not valid"


class FailedError(Exception):
    """Of a resolver, in the words that the service has for it."""


async def answer(case: Case) -> dict[str, Any]:
    """As the specification has it: an operation that is not executed has no data."""
    try:
        document = parse(case.document, allow_empty_selection_sets=False)
    except GraphQLError as error:
        return {"errors": [error.formatted]}
    if errors := validate(_schema(), document):
        return {"errors": [each.formatted for each in errors]}
    result: Any = execute(
        _schema(),
        document,
        context_value=Store(),
        variable_values={**case.variables},
        operation_name=case.operation,
    )
    result = await result if inspect.isawaitable(result) else result
    assert isinstance(result, ExecutionResult)
    errors = result.errors or []
    executed = result.data is not None or any(each.path for each in errors)
    return {
        **({"errors": [each.formatted for each in errors]} if errors else {}),
        **({"data": result.data} if executed else {}),
    }


class Store:
    """The rows, as an operation finds and leaves them."""

    def __init__(self) -> None:
        self.rows: dict[type[Any], list[Row]] = {
            model: copy.deepcopy([*rows]) for model, rows in ROWS.items()
        }
        self.tagged = [(key(post), tag) for post, tag in TAGGED]

    def one(self, model: type[Any], attribute: str, value: Any) -> Row | None:
        if value is None:
            return None
        return next((each for each in self.rows[model] if each[attribute] == value), None)

    def known(self, model: type[Any], key: Any) -> Row:
        row = self.one(model, "id", key)
        if row is None:
            raise FailedError("there is nothing here")
        return row


@dataclass(frozen=True)
class Page:
    """What a connection is resolved from."""

    rows: Sequence[Row]
    first: int


@cache
def _schema() -> GraphQLSchema:
    theirs = core_schema(schema)
    built = build_schema(schema.as_str())
    # Introspection shows types in this order, and these directives with their descriptions.
    types = [built.type_map[name] for name in theirs.type_map]
    made = GraphQLSchema(
        built.query_type, built.mutation_type, types=types, directives=theirs.directives
    )
    for name, type_ in made.type_map.items():
        if is_scalar_type(type_):
            # How a value of them is read and written is for the service to say.
            vars(type_).update(vars(theirs.type_map[name]))
        elif is_input_object_type(type_):
            # Where Strawberry looks when any schema of the process tells of `isOneOf`.
            type_.extensions = theirs.type_map[name].extensions
        elif is_object_type(type_) and not name.startswith("__"):
            for field in type_.fields:
                type_.fields[field].resolve = _resolver(type_, field)
    return made


def _resolver(type_: GraphQLObjectType, field: str) -> Resolver:
    place = type_.name, field
    if place in OWN:
        return OWN[place]
    if place in TO_ONE:
        target, local, remote = TO_ONE[place]
        return lambda row, info: info.context.one(target, remote, row[local])
    if place in TO_MANY:
        return _to_many(place, *TO_MANY[place])
    if type_.name == "Query":
        return _root(field)
    if is_leaf_type(get_named_type(type_.fields[field].type)):
        return lambda row, info: _shown(row[_attribute(field)])
    return OF_CONNECTION[field]


def _to_many(place: tuple[str, str], target: type[Any], local: str, remote: str) -> Resolver:
    def resolve(row: Row, info: Info, **given: Any) -> Sequence[Row]:
        rows = [each for each in info.context.rows[target] if each[remote] == row[local]]
        return page(rows, given, latest_first=place == LATEST_FIRST)

    return resolve


def _root(field: str) -> Resolver:
    if field.endswith("Connection"):
        model = _model(field.removesuffix("Connection"))
        return lambda _, info, first, **given: Page(
            found(info.context.rows[model], given), within(first, 1, 200)
        )
    model = _model(field)
    if field.endswith("s"):
        return lambda _, info, **given: page(info.context.rows[model], given)
    return lambda _, info, id: info.context.one(model, "id", id)


def _model(field: str) -> type[Any]:
    return MODELS[field.removesuffix("s").title()]


def _tags(row: Row, info: Info, **given: Any) -> Sequence[Row]:
    store: Store = info.context
    tags = [each for each in store.rows[Tag] if (row["id"], each["id"]) in store.tagged]
    return page(tags, given)


def _tagged(row: Row, info: Info, **given: Any) -> Sequence[Row]:
    store: Store = info.context
    posts = [each for each in store.rows[Post] if (each["id"], row["id"]) in store.tagged]
    return page(posts, given)


async def _create_tag(_: Any, info: Info, input: Row) -> Row:
    rows = info.context.rows[Tag]
    if any(each["name"] == input["name"] for each in rows):
        raise FailedError("it exists already")
    made = {"id": max(NEXT - 1, *(each["id"] for each in rows)) + 1, **input}
    rows.append(made)
    return made


async def _update_tag(_: Any, info: Info, id: int, input: Row) -> Row:
    row = info.context.known(Tag, id)
    row.update(input)
    return row


async def _delete_tag(_: Any, info: Info, id: int) -> int:
    info.context.rows[Tag].remove(info.context.known(Tag, id))
    return id


async def _update_user(_: Any, info: Info, id: UUID, input: Row) -> Row:
    row = info.context.known(User, id)
    row.update(input)
    return row


OF_CONNECTION: Mapping[str, Resolver] = {
    "nodes": lambda page, info: page.rows[: page.first],
    "edges": lambda page, info: page.rows[: page.first],
    "node": lambda row, info: row,
    "pageInfo": lambda page, info: page,
}
ATTRIBUTES = {"class": "class_"}


def _attribute(field: str) -> str:
    return ATTRIBUTES.get(field) or "".join(
        f"_{each.lower()}" if each.isupper() else each for each in field
    )


def page(
    rows: Sequence[Row], given: Mapping[str, Any], *, latest_first: bool = False
) -> Sequence[Row]:
    limit, offset = within(given["limit"], 1, 200), within(given["offset"], 0, 10_000)
    return found(rows, given, latest_first=latest_first)[offset:][:limit]


def found(
    rows: Sequence[Row], given: Mapping[str, Any], *, latest_first: bool = False
) -> Sequence[Row]:
    """Those that meet `where`, as `orderBy` says; nulls last, and the key decides in the direction of the last."""
    kept = [each for each in rows if meets(each, given.get("where"))]
    terms = [(*term,) for each in given.get("orderBy") or () for term in each.items()]
    terms = terms or [("createdAt", "DESC")] * latest_first
    for field, direction in reversed([*terms, ("id", terms[-1][1] if terms else "ASC")]):
        name = _attribute(field)
        known = [each for each in kept if each[name] is not None]
        known.sort(key=itemgetter(name), reverse=direction == "DESC")
        kept = known + [each for each in kept if each[name] is None]
    return kept


def meets(row: Row, where: Mapping[str, Any] | None) -> bool:
    return all(_meets(row, name, value) for name, value in (where or {}).items())


def _meets(row: Row, name: str, value: Any) -> bool:
    if value is None:
        raise FailedError(INVALID)
    if name == "and":
        return all(meets(row, each) for each in value)
    if name == "or":
        return any(meets(row, each) for each in value)
    if name == "not":
        return not meets(row, value)
    if None in value.values():
        raise FailedError(INVALID)
    own = _shown(row[_attribute(name)])
    return all(OPERATORS[operator](own, each) for operator, each in value.items())


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda own, other: own is not None and own == other,
    "ne": lambda own, other: own != other,
    "in": lambda own, others: own is not None and own in others,
    "lt": lambda own, other: own is not None and own < other,
    "lte": lambda own, other: own is not None and own <= other,
    "gt": lambda own, other: own is not None and own > other,
    "gte": lambda own, other: own is not None and own >= other,
    "contains": lambda own, other: own is not None and other in own,
    "startsWith": lambda own, other: own is not None and own.startswith(other),
    "isNull": lambda own, other: (own is None) is other,
}


def within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise FailedError(INVALID)
    return value


def _shown(value: Any) -> Any:
    return value.name if isinstance(value, Enum) else value


def _refuse(*_: Any) -> Any:
    raise FailedError(REFUSAL)


async def _refuse_later(*_: Any) -> Any:
    raise FailedError(REFUSAL)


def _plain(_: Any, info: Info, **given: Any) -> Any:
    (name,) = info.parent_type.fields[info.field_name].args
    return given.get(name, "absent")


def _leaves(_: Any, info: Info, **given: Any) -> Any:
    return [given.get(each, "absent") for each in info.parent_type.fields["leaves"].args]


def _always(value: Any) -> Resolver:
    return lambda _, info: value


# Beside what columns and foreign keys say.
OWN: Mapping[tuple[str, str], Resolver] = {
    ("Fragile", "well"): _always(1),
    ("Fragile", "refused"): _refuse,
    ("Fragile", "refusedLater"): _refuse_later,
    ("Fragile", "refusedOrNull"): _refuse,
    ("Fragile", "missing"): _always(None),
    ("Fragile", "tooLarge"): _always(2**31),
    ("Fragile", "numbers"): _always([1, None, 3]),
    ("Fragile", "maybeNumbers"): _always([1, None, 3]),
    ("Fragile", "numbersOrNull"): _always([1, None, 3]),
    ("Fragile", "inner"): _always({}),
    ("Fragile", "maybe"): _always({}),
    ("Fragile", "several"): _always([{}, {}]),
    ("Fragile", "some"): _always([{}, {}]),
    ("Query", "fragile"): _always({}),
    ("Query", "sturdy"): _always({}),
    ("Query", "named"): _always(None),
    ("Query", "leaves"): _leaves,
    ("Post", "tags"): _tags,
    ("Tag", "posts"): _tagged,
    ("Mutation", "createTag"): _create_tag,
    ("Mutation", "updateTag"): _update_tag,
    ("Mutation", "deleteTag"): _delete_tag,
    ("Mutation", "updateUser"): _update_user,
    **{
        ("Query", name): _plain
        for name in (
            *("number", "numberOrFive", "someNumber"),
            *("numbers", "someNumbers", "matrix", "given"),
        )
    },
    ("PageInfo", "hasNextPage"): lambda page, info: len(page.rows) > page.first,
    ("PageInfo", "hasPreviousPage"): _always(False),
    **{(f"{name}Connection", "totalCount"): lambda page, info: len(page.rows) for name in MODELS},
}
