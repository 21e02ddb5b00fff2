from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader
from strawberry.extensions import (
    DisableIntrospection,
    MaskErrors,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)
from strawberry.fastapi import BaseContext, GraphQLRouter
from strawberry.types import Info

from . import models
from .database import Session
from .models import PostStatus

strawberry.enum(PostStatus)
Conditions = Sequence[ColumnElement[bool]]


class Context(BaseContext):
    """Its loader asks the session, which does one thing at a time. Rows are those that the conditions hold of."""

    def __init__(
        self, session: AsyncSession, users: Conditions = (), posts: Conditions = ()
    ) -> None:
        super().__init__()
        self.session = session
        self.of_users, self.of_posts = users, posts
        self.lock = asyncio.Lock()
        self.posts = DataLoader(load_fn=self._posts)

    async def _posts(self, keys: Sequence[uuid.UUID]) -> list[list[models.Post]]:
        query = (
            select(models.Post)
            .where(models.Post.user_id.in_(keys), *self.of_posts)
            .order_by(models.Post.id)
        )
        found = defaultdict(list)
        async with self.lock:
            for post in await self.session.scalars(query):
                found[post.user_id].append(post)
        return [found[key] for key in keys]


@strawberry.type
class Post:
    id: uuid.UUID
    title: str
    body: str
    status: PostStatus
    views: int
    published_on: dt.date | None
    created_at: dt.datetime
    user_id: uuid.UUID

    @classmethod
    def of(cls, row: models.Post) -> Post:
        return cls(
            id=row.id,
            title=row.title,
            body=row.body,
            status=row.status,
            views=row.views,
            published_on=row.published_on,
            created_at=row.created_at,
            user_id=row.user_id,
        )


@strawberry.type
class User:
    id: uuid.UUID
    email: str
    username: str
    bio: str | None
    is_active: bool
    reputation: int
    created_at: dt.datetime

    @strawberry.field
    async def posts(
        self, info: Info[Context, None], limit: int = 50, offset: int = 0
    ) -> list[Post]:
        rows = await info.context.posts.load(self.id)
        return [Post.of(row) for row in rows[offset : offset + limit]]

    @classmethod
    def of(cls, row: models.User) -> User:
        return cls(
            id=row.id,
            email=row.email,
            username=row.username,
            bio=row.bio,
            is_active=row.is_active,
            reputation=row.reputation,
            created_at=row.created_at,
        )


@strawberry.type
class Query:
    @strawberry.field
    async def users(
        self, info: Info[Context, None], limit: int = 50, offset: int = 0
    ) -> list[User]:
        conditions = info.context.of_users
        query = select(models.User).where(*conditions).order_by(models.User.id)
        query = query.limit(limit).offset(offset)
        async with info.context.lock:
            rows = (await info.context.session.scalars(query)).all()
        return [User.of(row) for row in rows]


async def get_context(session: Session) -> Context:
    return Context(session)


def _limits() -> list[Any]:
    return [
        QueryDepthLimiter(max_depth=10),
        MaxAliasesLimiter(max_alias_count=15),
        MaxTokensLimiter(max_token_count=1000),
        DisableIntrospection(),
        MaskErrors(),
        ParserCache(maxsize=100),
        ValidationCache(maxsize=100),
    ]


schema = strawberry.Schema(Query, extensions=_limits())
router: GraphQLRouter[Context, None] = GraphQLRouter(
    schema, context_getter=get_context, graphql_ide=None
)
