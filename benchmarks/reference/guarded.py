"""The same for users with a token, which each request has verified: who reads what is a condition of each query."""

from __future__ import annotations

import uuid
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload
from strawberry.fastapi import GraphQLRouter

from benchmarks.service.tokens import AUDIENCE, ISSUER, SECRET

from . import endpoints
from .database import Session
from .graphql import Context, schema
from .models import Post, PostStatus, User
from .schemas import (
    NoParameters,
    PostCreate,
    PostRead,
    UserPage,
    UserParameters,
    UserRead,
    UsersParameters,
    UserWithPosts,
    UserWithPostsPage,
)

_bearer = HTTPBearer()


async def subject(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)],
) -> uuid.UUID:
    try:
        claims = jwt.decode(
            credentials.credentials,
            SECRET,
            algorithms=["HS256"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "sub"]},
        )
        return uuid.UUID(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        raise HTTPException(401, "the token is not valid") from None


Subject = Annotated[uuid.UUID, Depends(subject)]
router = APIRouter()


def users_of(subject: uuid.UUID) -> ColumnElement[bool]:
    return or_(User.is_active.is_(True), User.id == subject)


def posts_of(subject: uuid.UUID) -> ColumnElement[bool]:
    return or_(Post.status == PostStatus.PUBLISHED, Post.user_id == subject)


@router.get("/users")
async def list_users(
    session: Session, subject: Subject, parameters: Annotated[UsersParameters, Query()]
) -> UserPage | UserWithPostsPage:
    query = select(User).where(users_of(subject))
    if parameters.include:
        query = query.options(selectinload(User.posts.and_(posts_of(subject))))
    return await endpoints.page_of(session, query, parameters)


@router.get("/users/{user_id}")
async def get_user(
    user_id: uuid.UUID,
    session: Session,
    subject: Subject,
    response: Response,
    parameters: Annotated[UserParameters, Query()],
) -> UserRead | UserWithPosts:
    query = select(User).where(User.id == user_id, users_of(subject))
    if parameters.include:
        query = query.options(selectinload(User.posts.and_(posts_of(subject))))
    user = (await session.scalars(query)).first()
    if user is None:
        raise HTTPException(404, "there is nothing here")
    response.headers["ETag"] = f'"{user.row_version}"'
    read = UserWithPosts if parameters.include else UserRead
    return read.model_validate(user)


@router.post("/posts", status_code=201)
async def create_post(
    data: PostCreate,
    session: Session,
    subject: Subject,
    request: Request,
    response: Response,
    parameters: Annotated[NoParameters, Query()],
) -> PostRead:
    if data.user_id != subject:
        raise HTTPException(403, "this is not allowed")
    return await endpoints.create_post(data, session, request, response, parameters)


async def get_context(session: Session, subject: Subject) -> Context:
    return Context(session, (users_of(subject),), (posts_of(subject),))


graphql: GraphQLRouter[Context, None] = GraphQLRouter(
    schema, context_getter=get_context, graphql_ide=None
)
