from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from .database import Session
from .models import Post, User
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
    cursor_of,
)

router = APIRouter()


@router.get("/users")
async def list_users(
    session: Session, parameters: Annotated[UsersParameters, Query()]
) -> UserPage | UserWithPostsPage:
    query = select(User)
    if parameters.include:
        query = query.options(selectinload(User.posts))
    return await page_of(session, query, parameters)


async def page_of(
    session: Session, query: Select[User], parameters: UsersParameters
) -> UserPage | UserWithPostsPage:
    query = query.order_by(User.id).limit(parameters.limit + 1)
    try:
        after = parameters.after()
    except ValueError:
        raise HTTPException(400, "the cursor is not one of this list") from None
    if after is not None:
        query = query.where(User.id > after)
    rows = (await session.scalars(query)).all()
    items = rows[: parameters.limit]
    more = cursor_of(items[-1].id) if len(rows) > len(items) else None
    page = UserWithPostsPage if parameters.include else UserPage
    return page.model_validate({"items": items, "next_cursor": more})


@router.get("/users/{user_id}")
async def get_user(
    user_id: uuid.UUID,
    session: Session,
    response: Response,
    parameters: Annotated[UserParameters, Query()],
) -> UserRead | UserWithPosts:
    options = [selectinload(User.posts)] if parameters.include else []
    user = await session.get(User, user_id, options=options)
    if user is None:
        raise HTTPException(404, "there is nothing here")
    response.headers["ETag"] = f'"{user.row_version}"'
    read = UserWithPosts if parameters.include else UserRead
    return read.model_validate(user)


@router.post("/posts", status_code=201)
async def create_post(
    data: PostCreate,
    session: Session,
    request: Request,
    response: Response,
    _: Annotated[NoParameters, Query()],
) -> PostRead:
    post = Post(**data.model_dump())
    session.add(post)
    await session.flush()
    response.headers["ETag"] = f'"{post.row_version}"'
    response.headers["Location"] = f"{request.url.path}/{post.id}"
    return PostRead.model_validate(post)


@router.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "up"}
