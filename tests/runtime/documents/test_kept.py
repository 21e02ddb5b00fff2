"""Reads of documents that are kept: forgotten with each write, of either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.caching.declared import DeclaredCache
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.routes import crud_router
from terapin.runtime.core.settings import CacheSettings

from .club.endpoints import resources
from .club.settings import Settings
from .club.sources import sources
from .harness import Api, prepared, settings_for

answers = DeclaredCache("answers")


class KeptSettings(Settings):
    answers: CacheSettings = CacheSettings(negative_ttl=60)


@pytest.fixture
async def kept(postgresql: str, mongodb: str) -> AsyncIterator[Api]:
    async with prepared(settings_for(postgresql, mongodb)) as plain:
        settings = KeptSettings(**plain.model_dump())
        app = FastAPI(title="Club", lifespan=lifespan(settings, sources, (answers,)))
        kept = Resources([replace(resource, cache=answers) for resource in resources])
        install(app, settings, kept)
        for resource in kept:
            app.include_router(crud_router(resource, prefix=f"/{resource.name}", tags=[]))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://club.test") as client,
        ):
            yield Api(app, client)


async def fresh(api: Api, *paths: str) -> None:
    """Read them until they are kept."""
    for path in paths:
        assert (await api.client.get(path)).status_code == 200, path
        with api.queries() as sent:
            assert (await api.client.get(path)).status_code == 200, path
        assert sent == [], path


async def test_documents_are_kept_until_they_change(kept: Api) -> None:
    activity = await kept.activity(note="before")
    other = await kept.activity()
    path = f"/activities/{activity['id']}"
    below = (f"/members/{activity['member_id']}/log", f"{path}?include=member")
    await fresh(kept, path, *below, "/activities", f"/activities/{other['id']}")

    response = await kept.client.patch(path, json={"note": "after"})
    assert response.status_code == 200
    for each in (path, *below, "/activities"):
        assert "after" in (await kept.client.get(each)).text
    with kept.queries() as sent:
        await kept.get(f"/activities/{other['id']}")
    assert sent == []

    await fresh(kept, "/activities")
    await kept.activity(note="another")
    assert "another" in (await kept.client.get("/activities")).text

    await fresh(kept, path, *below)
    assert (await kept.client.delete(path)).status_code == 204
    assert (await kept.client.get(path)).status_code == 404
    assert await kept.items(below[0]) == []


async def test_what_follows_a_delete_across_databases_is_forgotten(kept: Api) -> None:
    member = await kept.member()
    mine = await kept.activity(member)
    yours = await kept.activity()
    gone = await kept.post("/remarks", text="T", activity_id=mine["id"])
    left = await kept.post("/remarks", text="T", activity_id=yours["id"], member_id=member["id"])
    paths = [f"/activities/{mine['id']}", f"/remarks/{gone['id']}"]
    await fresh(kept, *paths, f"/remarks/{left['id']}", "/activities", "/remarks")
    assert (await kept.client.delete(f"/members/{member['id']}")).status_code == 204
    for path in paths:
        assert (await kept.client.get(path)).status_code == 404
    assert (await kept.get(f"/remarks/{left['id']}"))["member_id"] is None
    assert [row["id"] for row in await kept.items("/activities")] == [yours["id"]]
    assert [row["id"] for row in await kept.items("/remarks")] == [left["id"]]
