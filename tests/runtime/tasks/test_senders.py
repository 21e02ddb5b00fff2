"""Who may send a task by HTTP, and whose its runs are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.tasks.declared import Tasks
from terapin.runtime.core.tasks.endpoint import install_tasks
from terapin.runtime.core.tasks.opened import TaskLifespan
from terapin.runtime.core.tasks.testing import run_waiting

from ..blog.settings import Settings as BlogSettings
from ..caching.valkey import Valkey
from ..harness import database
from ..mailroom.settings import Settings
from ..mailroom.sources import sources
from ..mailroom.tasks import declared
from ..security.guarded import bearer, security, with_table
from ..security.issuer import hs_token
from .office import PACKAGE, settings_for

CLERK = bearer(hs_token(sub="clerk", roles=["clerk"]))
OTHER_CLERK = bearer(hs_token(sub="other", roles=["clerk", "editor"]))
ADA = bearer(hs_token(sub="ada"))
STRANGER: dict[str, str] = {}
TOKENS = {"clerk": CLERK, "other clerk": OTHER_CLERK, "ada": ADA, "stranger": STRANGER}

TASKS = Tasks(
    PACKAGE,
    [
        replace(declared.report, senders=("role:clerk", "role:admin"), unique_for=60),
        replace(declared.deliver, senders=("authenticated",)),
        replace(declared.fragile, senders=("public",)),
        replace(declared.stuck, exposed=True, senders=()),
        declared.stamp,
    ],
)
BODIES: dict[str, dict[str, Any]] = {
    "report": {"rows": 1},
    "deliver": {"body": "x"},
    "fragile": {"body": "x", "failures": 0},
    "stuck": {"body": "x"},
}
MAY = {
    "report": {"clerk", "other clerk"},
    "deliver": {"clerk", "other clerk", "ada"},
    "fragile": set(TOKENS),
    "stuck": set[str](),
}


@dataclass(frozen=True)
class Desk:
    app: FastAPI
    client: httpx.AsyncClient

    async def send(self, who: str, name: str) -> httpx.Response:
        return await self.client.post(f"/tasks/{name}", json=BODIES[name], headers=TOKENS[who])


@pytest.fixture
async def desk(
    server: BlogSettings, tasks_migrated: BlogSettings, results: Valkey
) -> AsyncIterator[Desk]:
    async with database(server, tasks_migrated) as own:
        await with_table(own)
        settings: Settings = settings_for(own, results.url, results.url, relay=False)
        guard = Security(security())
        app = FastAPI(
            lifespan=lifespan(settings, sources, tasks=TaskLifespan(TASKS), security=guard)
        )
        install(app, settings, Resources(()), guard)
        install_tasks(app, TASKS)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://mailroom.test") as client,
        ):
            yield Desk(app, client)


async def test_who_may_send(desk: Desk) -> None:
    for name, allowed in MAY.items():
        for who in TOKENS:
            answer = await desk.send(who, name)
            refusal = 401 if who == "stranger" else 403
            assert answer.status_code == (202 if who in allowed else refusal), (who, name)
            if answer.status_code == 401:
                assert answer.headers["www-authenticate"] == "Bearer"
                assert answer.json()["detail"] == "this needs a token"
    wrong = await desk.client.post("/tasks/report", json={"rows": "many"}, headers=ADA)
    assert wrong.status_code == 403, "nothing is told of what they may not send"


async def test_a_run_is_whose_it_is(desk: Desk) -> None:
    sent = {
        who: (await desk.send(who, "report")).headers["location"]
        for who in ("clerk", "other clerk")
    }
    assert sent["clerk"] != sent["other clerk"], "what is unique is unique to whoever sends it"
    assert (await desk.send("clerk", "report")).headers["location"] == sent["clerk"]
    await run_waiting(desk.app)
    for owner, path in sent.items():
        for who, headers in TOKENS.items():
            seen = await desk.client.get(path, headers=headers)
            ended = await desk.client.post(f"{path}/cancel", headers=headers)
            statuses = seen.status_code, ended.status_code
            assert statuses == ((200, 409) if who == owner else (404, 404)), (who, owner)
    shown = (await desk.client.get(sent["clerk"], headers=CLERK)).json()
    assert (shown["state"], shown["result"]["rows"]) == ("succeeded", 1)
    assert "sender" not in shown


async def test_a_run_of_nobody_known_is_for_those_who_may_send_it(desk: Desk) -> None:
    by_stranger = (await desk.send("stranger", "fragile")).headers["location"]
    with desk.app.state.sources.current():
        by_service = f"/tasks/{(await declared.report.enqueue(rows=1)).id}"
        hidden = f"/tasks/{(await declared.stamp.enqueue(body='x')).id}"
    for who, headers in TOKENS.items():
        assert (await desk.client.get(by_stranger, headers=headers)).status_code == 200
        seen = await desk.client.get(by_service, headers=headers)
        assert seen.status_code == (200 if who in MAY["report"] else 404)
        for path in (hidden, f"/tasks/{uuid4()}"):
            assert (await desk.client.get(path, headers=headers)).status_code == 404
    assert (await desk.client.post(f"{by_stranger}/cancel")).json()["state"] == "cancelled"


async def test_idempotency_keys_show_nobody_the_answer_of_another(desk: Desk) -> None:
    async def send(headers: dict[str, str]) -> httpx.Response:
        asked = {**headers, "Idempotency-Key": "the same"}
        return await desk.client.post("/tasks/report", json={"rows": 1}, headers=asked)

    first = await send(CLERK)
    assert (await send(CLERK)).json() == first.json()
    assert (await send(OTHER_CLERK)).json()["id"] != first.json()["id"]
    assert (await send(ADA)).status_code == 403
