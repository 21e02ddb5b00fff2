from __future__ import annotations

import base64
import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .models import PostStatus

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Natural = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]


class Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UserRead(Read):
    id: uuid.UUID
    email: str
    username: str
    bio: str | None
    is_active: bool
    reputation: int
    balance: Decimal
    created_at: dt.datetime


class PostRead(Read):
    id: uuid.UUID
    title: str
    body: str
    status: PostStatus
    views: int
    published_on: dt.date | None
    created_at: dt.datetime
    user_id: uuid.UUID


class PostPage(Read):
    items: list[PostRead]
    next_cursor: str | None = None


def _whole_page(rows: Any) -> Any:
    return {"items": rows}


class UserWithPosts(UserRead):
    posts: Annotated[PostPage, BeforeValidator(_whole_page)]


class UserPage(Read):
    items: list[UserRead]
    next_cursor: str | None = None


class UserWithPostsPage(Read):
    items: list[UserWithPosts]
    next_cursor: str | None = None


class PostCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[Text, Field(min_length=1, max_length=200)]
    body: Text
    status: PostStatus = PostStatus.DRAFT
    views: Natural = 0
    published_on: dt.date | None = None
    user_id: uuid.UUID


class NoParameters(BaseModel):
    """Of a request that takes no parameters."""

    model_config = ConfigDict(extra="forbid")


class UserParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    include: Literal["posts"] | None = None


class UsersParameters(UserParameters):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None

    def after(self) -> uuid.UUID | None:
        """Raises ValueError."""
        return (
            uuid.UUID(bytes=base64.urlsafe_b64decode(f"{self.cursor}==")) if self.cursor else None
        )


def cursor_of(key: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).rstrip(b"=").decode()
