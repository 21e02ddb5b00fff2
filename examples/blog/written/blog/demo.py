"""People and articles to try the blog with: `BLOG_DEMO=true blog dev`, and nothing where the environment is production."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from .core.accounts.passwords import Hashing
from .core.accounts.table import accounts
from .core.database import session_of
from .models.comment import Comment
from .models.post import Post, PostStatus
from .models.user import User


class DemoSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BLOG_", env_file=".env", extra="ignore")

    demo: bool = False


ADA, BOB, EVE = (UUID(f"00000000-0000-4000-8000-00000000000{each}") for each in "123")
PUBLISHED, DRAFT = (UUID(f"00000000-0000-4000-8000-00000000001{each}") for each in "12")
_SAID = [UUID(f"00000000-0000-4000-8000-00000000002{each}") for each in "12"]


def install(app: FastAPI) -> None:
    if DemoSettings().demo and app.state.settings.environment == "development":
        app.router.lifespan_context = _beginning(app.router.lifespan_context)


def _beginning(lifespan: Any) -> Any:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[Any]:
        async with lifespan(app) as state:
            hashing = Hashing(app.state.settings.accounts)
            async with hashing.running():
                password_hash = await hashing.hash("a room for everybody")
            async with session_of(app.state.sources) as session:
                for table, rows in [(accounts, _accounts(password_hash)), *_rows()]:
                    await session.execute(insert(table).values(rows).on_conflict_do_nothing())
            yield state

    return run


_PEOPLE = {ADA: "ada", BOB: "bob", EVE: "eve"}


def _accounts(password_hash: str) -> list[dict[str, Any]]:
    return [
        {
            "id": id_,
            "email": f"{name}@example.org",
            "password_hash": password_hash,
            "roles": ["editor"] if id_ == EVE else [],
            "verified_at": func.now(),
        }
        for id_, name in _PEOPLE.items()
    ]


def _rows() -> list[tuple[Any, list[dict[str, Any]]]]:
    """Those that are there already stay as they are."""
    now = dt.datetime.now(dt.UTC)
    return [
        (User, [_user(id_, name) for id_, name in _PEOPLE.items()]),
        (
            Post,
            [
                _post(PUBLISHED, "A room for every article", PostStatus.PUBLISHED, _OPEN)
                | {"published_on": now.date()},
                _post(DRAFT, "Not yet for everybody", PostStatus.DRAFT, _HIDDEN)
                | {"published_on": None},
            ],
        ),
        (
            Comment,
            [
                _comment(_SAID[0], BOB, now - dt.timedelta(minutes=9), "Is anybody here?"),
                _comment(_SAID[1], ADA, now - dt.timedelta(minutes=7), "I am. Say something!"),
            ],
        ),
    ]


_OPEN = (
    "Whoever reads this article meets the others who do. What is said here is kept as a comment, and everybody "
    "in the room sees it at once."
)
_HIDDEN = "Ada is still writing this. She and the editors see it, and nobody else does."


def _user(id_: UUID, name: str) -> dict[str, Any]:
    return {
        "id": id_,
        "email": f"{name}@example.org",
        "username": name,
        "is_active": True,
    }


def _post(id_: UUID, title: str, status: PostStatus, body: str) -> dict[str, Any]:
    slug = title.lower().replace(" ", "-")
    return {
        "id": id_,
        "title": title,
        "slug": slug,
        "body": body,
        "status": status,
        "price": 0,
        "user_id": ADA,
    }


def _comment(id_: UUID, author: UUID, at: dt.datetime, text: str) -> dict[str, Any]:
    return {"id": id_, "body": text, "created_at": at, "post_id": PUBLISHED, "user_id": author}
