from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from terapin.runtime.core.database import session_of

from ..blog.models import Comment, Post, Profile, Tag, User
from ..blog.models.post import PostStatus
from ..blog.settings import Settings
from ..harness import Api
from ..security.guarded import guarded, security
from .rules import TENANTS, Who, World, policed

LAST = UUID("00000000-0000-4000-8000-ffffffffffff")


def user_id(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012}")


# Of each tenant two authors, the second of whom is not active, and an editor.
WHO = (
    Who("stranger"),
    Who("alice", sub="alice"),
    Who("acme author", user_id(1), tenant="acme"),
    Who("acme sleeper", user_id(2), tenant="acme"),
    Who("acme editor", user_id(3), frozenset({"editor"}), "acme"),
    Who("globex author", user_id(4), tenant="globex"),
    Who("globex editor", user_id(6), frozenset({"editor"}), "globex"),
    Who("author without tenant", user_id(1)),
    Who("admin", LAST, frozenset({"admin"})),
    Who("editor without tenant", sub="bob", roles=frozenset({"editor"})),
)


@dataclass(frozen=True)
class Scene:
    """The blog behind both paths, and what is in it."""

    fast: Api
    ordinary: Api
    world: World

    async def ask(
        self, who: Who, method: str, path: str, *, both: bool | None = None, **options: Any
    ) -> httpx.Response:
        """By both paths, whose answers are the same; a write by the fast one, unless `both` is False."""
        headers = {**who.headers, **options.pop("headers", {})}
        answer = await self.fast.client.request(method, path, headers=headers, **options)
        both = method == "GET" if both is None else both
        if both and self.ordinary is not self.fast:
            other = await self.ordinary.client.request(method, path, headers=headers, **options)
            assert answer.status_code == other.status_code, (who.name, path)
            # Of GraphQL the values are the same: it spells JSON in fields of its own way.
            same = answer.content == other.content
            assert same or (method == "POST" and answer.json() == other.json()), (who.name, path)
            assert _compared(answer) == _compared(other), path
        self.check(who, answer)
        return answer

    def check(self, who: Who, answer: httpx.Response) -> None:
        """No canary of what is not for them."""
        told = answer.text + repr(answer.headers)
        for canary, row, attribute in self.canaries():
            if canary in told:
                assert self.world.may(who, "read", row), (who.name, canary)
                assert self.world.shows(who, row, attribute), (who.name, canary)
        assert "secret canary" not in told

    def canaries(self) -> Iterator[tuple[str, Any, str]]:
        for post in self.world.posts.values():
            yield f"body of {post.id}", post, "body"
            yield f"meta of {post.id}", post, "meta"
            if post.published_on is not None:
                yield post.published_on.isoformat(), post, "published_on"
        for comment in self.world.comments.values():
            yield f"comment {comment.id}", comment, "body"
        for profile in self.world.profiles.values():
            yield f"bio of {profile.id}", profile, "bio"
        for user in self.world.users.values():
            yield user.username, user, "username"


def _compared(response: httpx.Response) -> dict[str, str]:
    return {
        name: value
        for name, value in response.headers.items()
        if name not in ("x-request-id", "content-length")
    }


@pytest.fixture
async def scene(settings: Settings, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Scene]:
    """Nothing of what is secret stands in the log of a test, whatever level it is of."""
    caplog.set_level("DEBUG", "terapin")
    with policed():
        async with AsyncExitStack() as stack:
            fast = await stack.enter_async_context(guarded(settings, security()))
            ordinary = await stack.enter_async_context(
                guarded(settings, security(), fast_path=False)
            )
            scene = Scene(fast, ordinary, await filled(fast))
            yield scene
            logged = [each for each, _, _ in scene.canaries() if each in caplog.text]
            assert not logged
            assert "secret canary" not in caplog.text


async def filled(api: Api) -> World:
    world, numbers = World(), count(1)
    day = dt.date(2001, 1, 1)
    for number in range(1, 7):
        key = user_id(number)
        world.users[key] = User(
            id=key,
            email=f"user{number}@example.org",
            username=f"username_{number}_",
            password_hash=f"secret canary {number}",
            is_active=number not in (2, 5),
        )
        world.profiles[key] = Profile(
            id=key, display_name="P", bio=f"bio of {key}", born_on=None, user_id=key
        )
    for number in (1, 2, 4, 5):
        for status in PostStatus:
            for tenant in TENANTS if number == 1 else (TENANTS[number // 3],):
                key = user_id(100 + next(numbers))
                world.posts[key] = Post(
                    id=key,
                    title=tenant,
                    slug=f"{status.value}-{tenant}",
                    body=f"body of {key}",
                    status=status,
                    published_on=day + dt.timedelta(days=next(numbers)),
                    meta={"is": f"meta of {key}"},
                    user_id=user_id(number),
                )
    for post in world.posts.values():
        first = None
        for number in (1, 4, 3):
            key = user_id(1000 + next(numbers))
            world.comments[key] = Comment(
                id=key,
                body=f"comment {key}",
                post_id=post.id,
                user_id=user_id(number),
                parent_id=first,
            )
            first = first or key
    for name in ("a", "b", "c"):
        world.tags[name] = Tag(name=name)
    async with session_of(api.app.state.sources) as session:
        session.sync_session.expire_on_commit = False
        for rows in (world.users, world.profiles, world.posts, world.tags):
            session.add_all(rows.values())
            await session.flush()
        for comment in world.comments.values():
            session.add(comment)
            await session.flush()
        for post in world.posts.values():
            for tag in world.tags.values():
                await session.execute(
                    Post.tags.property.secondary.insert().values(post_id=post.id, tag_id=tag.id)
                )
    world.tags = {tag.id: tag for tag in world.tags.values()}
    return world
