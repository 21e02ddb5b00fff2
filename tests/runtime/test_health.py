"""What is told of the sources: health, metrics, logs."""

from __future__ import annotations

import asyncio
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from terapin.runtime.core.database import Database
from terapin.runtime.core.health import Ability, Checks

from .blog.settings import Settings
from .harness import Api, serving, settings_for

PASSWORD = "hunter2"
NOWHERE = f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/nothing"


class Dispensable(Database):
    """What the service can do without."""

    needed = False


async def test_a_source_that_answers_is_up(api: Api) -> None:
    answer = await api.client.get("/health/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ready"
    state = body["sources"]["database"]
    assert (state["status"], state["breaker"]) == ("up", "closed")
    assert 0 < state["latency_ms"] < 2000


async def test_a_source_that_is_not_asked_is_degraded(api: Api) -> None:
    for _ in range(api.database.settings.breaker_failures):
        api.database.breaker.admit().failed()
    answer = await api.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["sources"]["database"]["breaker"] == "open"


async def test_a_source_that_answers_again_is_asked_again_whether_it_is_used_or_not(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = api.database.breaker
    for _ in range(api.database.settings.breaker_failures):
        breaker.admit().failed()
    monkeypatch.setattr(breaker, "_until", time.monotonic())
    answer = await api.client.get("/health/ready")
    assert answer.json()["sources"]["database"]["breaker"] == "closed"
    assert answer.json()["status"] == "ready"


async def test_a_pool_that_is_used_up_is_no_server_that_is_down(settings: Settings) -> None:
    small = settings.database.model_copy(update={"pool_min": 1, "pool_max": 1})
    async with (
        serving(settings.model_copy(update={"database": small})) as api,
        api.database.engine.connect(),
    ):
        assert (await api.client.get("/health/ready")).json()["status"] == "ready"


async def test_what_is_down_and_not_needed_degrades_the_service_only() -> None:
    settings = settings_for(NOWHERE).database
    spare = Dispensable("spare", settings, application="test")
    needed = Database("needed", settings, application="test")
    assert (await Checks([spare]).readiness()).status is Ability.DEGRADED
    readiness = await Checks([spare, needed]).readiness()
    assert readiness.status is Ability.DOWN
    assert {name: state.status for name, state in readiness.sources.items()} == {
        "spare": "down",
        "needed": "down",
    }


async def test_however_many_ask_a_source_is_asked_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings = 0
    ping = api.database.ping

    async def counted() -> None:
        nonlocal pings
        pings += 1
        await ping()

    monkeypatch.setattr(api.database, "ping", counted)
    await asyncio.gather(*(api.get("/health/ready") for _ in range(20)))
    assert pings == 1


async def metrics(api: Api) -> dict[tuple[str, ...], float]:
    response = await api.client.get("/metrics")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
        if family.name.startswith("source_")
    }


async def test_metrics_tell_of_pools_breakers_and_retries(api: Api) -> None:
    await api.get("/users")
    before = await metrics(api)
    assert before["source_connections_used", "database"] == 0
    assert before["source_connections_idle", "database"] >= 1
    assert before["source_connections_limit", "database"] == 10
    assert before["source_breaker", "database", "closed"] == 1
    assert before["source_breaker_openings_total", "database"] == 0
    for _ in range(api.database.settings.breaker_failures):
        api.database.breaker.admit().failed()
    while api.database.retry.budget.spend():
        pass
    after = await metrics(api)
    assert after["source_breaker", "database", "closed"] == 0
    assert after["source_breaker", "database", "open"] == 1
    assert after["source_breaker_openings_total", "database"] == 1
    assert after["source_retries_total", "database"] >= 3
    assert after["source_retries_refused_total", "database"] == 1
    assert after["source_conflicts_total", "database"] == 0


async def test_no_password_is_logged_or_told(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(settings_for(NOWHERE, log_level="DEBUG")) as api:
        answers = [
            await api.client.get(path) for path in ("/users", "/health/ready", "/metrics", "/x")
        ]
    logged = capsys.readouterr().err
    assert "cannot connect to database" in logged
    for told in (logged, *(answer.text for answer in answers)):
        assert PASSWORD not in told
