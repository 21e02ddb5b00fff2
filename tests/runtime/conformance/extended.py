"""The GraphQL of the blog, with what a user may add: fields that fail, interfaces, inputs of every form."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from terapin.runtime.core.errors import Conflict
from terapin.runtime.core.graphql.connections import Connection
from terapin.runtime.core.graphql.fields import by_key, connected, listed
from terapin.runtime.core.graphql.mutations import create, delete, update
from terapin.runtime.core.graphql.rows import object_type
from terapin.runtime.core.graphql.schema import Schema

from ..blog.graphql.fields.specimen import SpecimenFields
from ..blog.graphql.inputs.post import PostOrder, PostWhere
from ..blog.graphql.inputs.specimen import SpecimenOrder, SpecimenWhere
from ..blog.graphql.inputs.tag import TagCreateInput, TagOrder, TagUpdateInput, TagWhere
from ..blog.graphql.inputs.user import UserOrder, UserUpdateInput, UserWhere
from ..blog.graphql.types.post import Post
from ..blog.graphql.types.tag import Tag
from ..blog.graphql.types.user import User
from ..blog.models.post import PostStatus

REFUSAL = "not today"


@strawberry.interface
class Measured:
    limit: int | None
    ratio: float | None


@strawberry.interface
class Named:
    """What no row of an entity is."""

    name: str


@object_type
class Specimen(SpecimenFields, Measured):
    """An entity that an interface is of."""


@strawberry.type
class Fragile:
    """Whose fields fail, each in a way of its own."""

    @strawberry.field
    def well(self) -> int:
        return 1

    @strawberry.field
    def refused(self) -> int:
        raise Conflict(REFUSAL)

    @strawberry.field
    async def refused_later(self) -> int:
        raise Conflict(REFUSAL)

    @strawberry.field
    def refused_or_null(self) -> int | None:
        raise Conflict(REFUSAL)

    @strawberry.field
    def missing(self) -> int:
        return None  # type: ignore[return-value]

    @strawberry.field
    def too_large(self) -> int | None:
        return 2**31

    @strawberry.field
    def numbers(self) -> list[int]:
        return [1, None, 3]  # type: ignore[list-item]

    @strawberry.field
    def maybe_numbers(self) -> list[int | None]:
        return [1, None, 3]

    @strawberry.field
    def numbers_or_null(self) -> list[int] | None:
        return [1, None, 3]  # type: ignore[list-item]

    @strawberry.field
    def inner(self) -> Fragile:
        return Fragile()

    @strawberry.field
    def maybe(self) -> Fragile | None:
        return Fragile()

    @strawberry.field
    def several(self) -> list[Fragile]:
        return [Fragile(), Fragile()]

    @strawberry.field
    def some(self) -> list[Fragile | None]:
        return [Fragile(), Fragile()]


@strawberry.input
class Given:
    a: str | None = UNSET
    b: int
    c: int = 7
    inner: Given | None = UNSET


@strawberry.type
class Query:
    user: User | None = by_key()
    users: list[User] = listed(UserWhere, UserOrder)
    post: Post | None = by_key()
    posts: list[Post] = listed(PostWhere, PostOrder)
    posts_connection: Connection[Post] = connected(PostWhere, PostOrder)
    tag: Tag | None = by_key()
    tags: list[Tag] = listed(TagWhere, TagOrder)
    tags_connection: Connection[Tag] = connected(TagWhere, TagOrder)
    specimen: Specimen | None = by_key()
    specimens: list[Specimen] = listed(SpecimenWhere, SpecimenOrder)
    specimens_connection: Connection[Specimen] = connected(SpecimenWhere, SpecimenOrder)

    @strawberry.field
    def fragile(self) -> Fragile | None:
        return Fragile()

    @strawberry.field
    def sturdy(self) -> Fragile:
        return Fragile()

    @strawberry.field
    def named(self) -> Named | None:
        return None

    @strawberry.field
    def number(self, value: int | None = UNSET) -> JSON | None:
        return JSON(_plain(value))

    @strawberry.field
    def number_or_five(self, value: int | None = 5) -> JSON | None:
        return JSON(_plain(value))

    @strawberry.field
    def some_number(self, value: int) -> JSON | None:
        return JSON(_plain(value))

    @strawberry.field
    def numbers(self, values: list[int | None] | None = UNSET) -> JSON | None:
        return JSON(_plain(values))

    @strawberry.field
    def some_numbers(self, values: list[int]) -> JSON | None:
        return JSON(_plain(values))

    @strawberry.field
    def matrix(self, values: list[list[int | None] | None] | None = UNSET) -> JSON | None:
        return JSON(_plain(values))

    @strawberry.field
    def given(self, input: Given | None = UNSET) -> JSON | None:
        return JSON(_plain(input))

    @strawberry.field
    def leaves(
        self,
        text: str | None = UNSET,
        ratio: float | None = UNSET,
        flag: bool | None = UNSET,
        id: strawberry.ID | None = UNSET,
        status: PostStatus | None = UNSET,
        tree: JSON | None = UNSET,
    ) -> JSON | None:
        return JSON([_plain(each) for each in (text, ratio, flag, id, status, tree)])


@strawberry.type
class Mutation:
    create_tag: Tag | None = create(TagCreateInput)
    update_tag: Tag | None = update(TagUpdateInput)
    delete_tag: int | None = delete(Tag)
    update_user: User | None = update(UserUpdateInput)


def _plain(value: Any) -> Any:
    """As JSON, with what was not given told from null."""
    if value is UNSET:
        return "absent"
    if isinstance(value, PostStatus):
        return value.name
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Given):
        return {name: _plain(each) for name, each in vars(value).items() if each is not UNSET}
    return value


schema = Schema(query=Query, mutation=Mutation, types=[Specimen])
