from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from terapin.runtime.core.graphql.fields import one
from terapin.runtime.core.graphql.rows import Row, object_type

from ...endpoints.profile import profiles

if TYPE_CHECKING:
    from ..types.user import User


@object_type
class ProfileFields(Row, resource=profiles):
    id: UUID
    display_name: str
    bio: str | None
    born_on: dt.date | None
    user_id: UUID
    user: Annotated[User, strawberry.lazy("..types.user")] | None = one()
