"""Answers that are kept are those of the ones who may have them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.caching.declared import DeclaredCache
from terapin.runtime.core.pagination import PageQuery
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.routes import crud_router
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.subject import current_subject
from terapin.runtime.core.settings import CacheSettings, RedisSettings

from ..blog.endpoints import resources
from ..blog.services.post import PostService
from ..blog.settings import Settings
from ..blog.sources import database
from ..caching.blog import cache_in, cache_store
from ..caching.valkey import running
from ..harness import Api
from ..security.guarded import GuardedSettings, security
from . import test_reading as reading
from .conftest import WHO, Scene, user_id
from .test_reading import keys

answers = DeclaredCache("answers")
shared_answers = DeclaredCache("answers", store=cache_store)
# Of posts, one of each author and each state among them.
KEYS = [user_id(number) for number in range(101, 116, 4)]


class KeptSettings(GuardedSettings):
    answers: CacheSettings = CacheSettings()


class SharedSettings(KeptSettings):
    cache_store: RedisSettings = RedisSettings()


@answers.cached(depends_on=[PostService.model])
async def titles(service: PostService, limit: int) -> list[str]:
    page = await service.list(PageQuery(limit=limit))
    return [f"{post.id}" for post in page.items]


@pytest.fixture
async def kept(scene: Scene, settings: Settings) -> AsyncIterator[Scene]:
    own = KeptSettings(**{**settings.model_dump(), "security": security()})
    guard = Security(own.security)
    app = FastAPI(lifespan=lifespan(own, (database,), (answers,), security=guard))
    cached = Resources([replace(resource, cache=answers) for resource in resources])
    install(app, own, cached, guard)
    for resource in cached:
        app.include_router(crud_router(resource, prefix=f"/{resource.name}", tags=[]))

    @app.get("/titles")
    async def get_titles(limit: int) -> list[str]:
        async with database.current.session() as session:
            return await titles(PostService(session), limit)

    @app.get("/who")
    async def who() -> str | None:
        async def ask() -> str | None:
            return current_subject().id

        return await answers.get_or_load("who", ask, returns=str | None)

    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://blog.test") as client,
    ):
        yield replace(scene, fast=Api(app, client))


@pytest.fixture
async def pair(
    scene: Scene, settings: Settings, tmp_path: Path
) -> AsyncIterator[tuple[Scene, Scene]]:
    """Two applications, whose caches share a Redis."""
    with running(tmp_path) as valkey:
        shared = CacheSettings(namespace="shared")
        store = RedisSettings(url=SecretStr(valkey.url))
        own = SharedSettings(
            **{**settings.model_dump(), "security": security()}, answers=shared, cache_store=store
        )
        async with AsyncExitStack() as stack:
            apis = [await stack.enter_async_context(_sharing(own)) for _ in range(2)]
            yield replace(scene, fast=apis[0]), replace(scene, fast=apis[1])


@asynccontextmanager
async def _sharing(settings: SharedSettings) -> AsyncIterator[Api]:
    guard = Security(settings.security)
    sources = (database, cache_store)
    app = FastAPI(lifespan=lifespan(settings, sources, (shared_answers,), security=guard))
    cached = Resources([replace(resource, cache=shared_answers) for resource in resources])
    install(app, settings, cached, guard)
    for resource in cached:
        app.include_router(crud_router(resource, prefix=f"/{resource.name}", tags=[]))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://blog.test") as client,
    ):
        yield Api(app, client)


async def test_what_others_have_cached_is_for_those_who_may_read_it(
    pair: tuple[Scene, Scene],
) -> None:
    """Each answer is that of the ordinary path, whoever asked for it first, and at whichever application."""
    paths = [f"/{name}?limit=200&total=true" for name in ("posts", "comments", "tags", "users")]
    paths += ["/posts?include=author,comments.author", *(f"/posts/{key}" for key in KEYS)]
    for turn, asked in enumerate((WHO, tuple(reversed(WHO)))):
        for who in asked:
            for path in paths:
                await pair[turn].ask(who, "GET", path)
    first, second = (cache_in(each.fast).counts for each in pair)
    assert first.loads > 0
    assert second.remote_hits > first.loads / 2


async def test_whoever_asked_first(kept: Scene) -> None:
    """What is not kept is answered the same; each is asked after all others have warmed the cache."""
    for scene in (replace(kept, ordinary=kept.fast), kept):
        await reading.test_lists_rows_and_counts(scene)
        await reading.test_what_is_embedded(scene)
    assert cache_in(kept.fast).counts.local_hits


async def test_those_who_may_read_the_same_share_it(kept: Scene) -> None:
    counts = cache_in(kept.fast).counts
    for who in WHO:
        await kept.ask(who, "GET", "/tags", both=False)
    assert counts.loads == 1
    for who in WHO[1:]:
        await kept.ask(who, "GET", "/comments", both=False)
    assert counts.loads == len(WHO)


async def test_what_decides_is_what_it_depends_on(kept: Scene) -> None:
    """Who reads a comment is whoever wrote the post: when that is somebody else's, so are its comments."""
    post = next(each for each in kept.world.posts.values() if str(each.user_id)[-1] == "2")
    admin, author = WHO[8], WHO[5]
    assert author.id
    before = keys((await kept.ask(author, "GET", "/comments?limit=200")).json()["items"])
    path = f"/posts/{post.id}"
    body = {"user_id": str(author.id), "slug": "moved"}
    written = await kept.fast.client.patch(path, json=body, headers=admin.headers)
    assert written.status_code == 200
    post.user_id = author.id
    after = keys((await kept.ask(author, "GET", "/comments?limit=200")).json()["items"])
    theirs = {str(key) for key, each in kept.world.comments.items() if each.post_id == post.id}
    assert after == before | theirs
    assert not theirs <= before


async def test_functions_are_kept_for_each_subject(kept: Scene) -> None:
    for _ in range(2):
        for who in WHO[1:]:
            found = await kept.fast.client.get("/titles?limit=200", headers=who.headers)
            assert {*found.json()} == kept.world.readable(who, "posts")
            asked = await kept.fast.client.get("/who", headers=who.headers)
            assert asked.json() == (who.sub or str(who.id))
