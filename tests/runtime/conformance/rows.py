"""What the cases read: few rows, with keys and moments that cases can name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from ..blog.models.comment import Comment
from ..blog.models.join_tables import post_tags
from ..blog.models.post import Post, PostStatus
from ..blog.models.profile import Profile
from ..blog.models.specimen import Specimen
from ..blog.models.tag import Tag
from ..blog.models.user import User
from ..harness import Api

Rows = Mapping[type[Any], Sequence[dict[str, Any]]]


def key(number: int) -> UUID:
    """`00000000-0000-4000-8000-000000000001` is that of 1."""
    return UUID(f"00000000-0000-4000-8000-{number:012}")


def _moment(day: int) -> dt.datetime:
    return dt.datetime(2026, 1, day, 12, tzinfo=dt.UTC)


def _user(number: int, username: str, *, is_active: bool = True) -> dict[str, Any]:
    return {
        "id": key(number),
        "email": f"{username}@example.org",
        "username": username,
        "password_hash": "x",
        "is_active": is_active,
        "created_at": _moment(number),
    }


def _post(number: int, user: int, status: PostStatus, price: str, **others: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "body": f"Body of {number}",
        "status": status,
        "price": Decimal(price),
        "published_on": None,
        "meta": None,
        "created_at": _moment(number),
        "user_id": key(user),
        **others,
    }


def _comment(number: int, post: int, user: int, parent: int | None = None) -> dict[str, Any]:
    return {
        "id": key(number),
        "body": f"Comment {number}",
        "created_at": _moment(20),
        "parent_id": parent and key(parent),
        "post_id": key(post),
        "user_id": key(user),
    }


def _specimen(number: int, **others: Any) -> dict[str, Any]:
    names = [
        "limit",
        "class_",
        "big",
        "ratio",
        "amount",
        "flag",
        "at",
        "moment",
        "span",
        "data",
        "other_id",
    ]
    return {"id": number, **dict.fromkeys(names), "tree": {"n": number}, **others}


ROWS: Rows = {
    User: [_user(1, "anna"), _user(2, "ben"), _user(3, "cleo", is_active=False)],
    Profile: [
        {
            "id": key(1),
            "display_name": "Anna",
            "bio": None,
            "born_on": dt.date(1990, 2, 28),
            "user_id": key(1),
        }
    ],
    Post: [
        _post(11, 1, PostStatus.PUBLISHED, "9.50", published_on=dt.date(2026, 1, 11)),
        _post(12, 1, PostStatus.DRAFT, "0.00", meta={"a": [1, None, {"b": "ü"}]}),
        _post(13, 2, PostStatus.PUBLISHED, "3.00", published_on=dt.date(2026, 1, 13)),
        _post(14, 2, PostStatus.ARCHIVED, "9.50", meta=[]),
    ],
    Comment: [_comment(21, 11, 2), _comment(22, 11, 1, 21), _comment(23, 13, 3)],
    Tag: [{"id": 1, "name": "red"}, {"id": 2, "name": "green"}, {"id": 3, "name": "blue"}],
    Specimen: [
        _specimen(
            1,
            limit=-(2**31),
            class_='ä"\\\n',
            big=2**63 - 1,
            ratio=0.1,
            amount=Decimal("12345678901234567890.0123456789"),
            flag=False,
            at=dt.time(23, 59, 59, 500_000),
            moment=dt.datetime(2026, 11, 22, 15, 57, 3, 750_000, tzinfo=dt.UTC),
            span=dt.timedelta(days=1, hours=2, seconds=30),
            data=b"\0\1\xff",
            tree=["a", 2**70, 1.5, None],
            other_id=None,
        ),
        _specimen(2, limit=7, class_="plain", big=-1, ratio=-1e22, flag=True, other_id=1),
        _specimen(3, tree={}),
    ],
}
TAGGED = [(11, 1), (11, 2), (12, 2), (13, 3)]
# The next key of a table that numbers its rows.
NEXT = 1000


async def fill(api: Api) -> None:
    """The same again, whatever has become of it."""
    tables = ", ".join(f'"{each.__tablename__}"' for each in ROWS)
    async with api.database.session() as session:
        await session.execute(text(f"TRUNCATE {tables} CASCADE"))
        for model, rows in ROWS.items():
            await session.execute(insert(model), rows)
        pairs = [{"post_id": key(post), "tag_id": tag} for post, tag in TAGGED]
        await session.execute(insert(post_tags), pairs)
        for table in ("tags", "specimens"):
            await session.execute(text(f"ALTER TABLE {table} ALTER id RESTART WITH {NEXT}"))
