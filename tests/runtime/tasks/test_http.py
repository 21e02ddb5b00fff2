"""Exposed tasks by HTTP."""

from __future__ import annotations

from uuid import UUID, uuid4

from terapin.runtime.core.tasks.testing import run_waiting

from ..mailroom.tasks import declared
from .office import Office, eventually


async def test_an_exposed_task_is_sent_and_looked_at(desk: Office) -> None:
    answer = await desk.client.post("/tasks/report", json={"rows": 2, "on": "2026-11-23"})
    assert answer.status_code == 202
    sent = answer.json()
    assert answer.headers["Location"] == f"/tasks/{sent['id']}"
    assert (sent["name"], sent["state"], sent["result"]) == ("report", "waiting", None)
    await run_waiting(desk.app)
    run = (await desk.client.get(answer.headers["Location"])).json()
    assert (run["state"], run["attempts"]) == ("succeeded", 1)
    assert run["result"] == {"rows": 2, "on": "2026-11-23"}
    assert run["progress"] is None


async def test_what_is_wrong_is_told(desk: Office) -> None:
    answer = await desk.client.post("/tasks/report", json={"rows": "many"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/rows", "detail": "input should be a valid integer"}
    ]
    assert (await desk.client.post("/tasks/stamp", json={"body": "x"})).status_code == 404
    hidden = await declared.stamp.enqueue(body="x")
    for id_ in (hidden.id, uuid4()):
        assert (await desk.client.get(f"/tasks/{id_}")).status_code == 404
    assert (await desk.client.get("/tasks/7")).status_code == 404
    options = await desk.client.options("/tasks/deliver")
    assert (options.status_code, options.headers["allow"]) == (405, "POST")


async def test_a_key_sends_once(desk: Office) -> None:
    headers = {"Idempotency-Key": "a"}
    first = await desk.client.post("/tasks/report", json={}, headers=headers)
    again = await desk.client.post("/tasks/report", json={}, headers=headers)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await desk.states() == {"waiting": 1}


async def test_what_waits_is_cancelled_and_what_has_ended_is_not(desk: Office) -> None:
    sent = (await desk.client.post("/tasks/report", json={})).json()
    path = f"/tasks/{sent['id']}"
    cancelled = await desk.client.post(f"{path}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert cancelled.json() == (await desk.client.get(path)).json()
    answer = await desk.client.post(f"{path}/cancel")
    assert (answer.status_code, answer.json()["detail"]) == (409, "it has ended: cancelled")
    assert await run_waiting(desk.app) == []


async def test_openapi_describes_what_is_sent(desk: Office) -> None:
    document = (await desk.client.get("/openapi.json")).json()
    paths = document["paths"]
    assert {path for path in paths if path.startswith("/tasks")} == {
        "/tasks/deliver",
        "/tasks/fragile",
        "/tasks/report",
        "/tasks/{id}",
        "/tasks/{id}/cancel",
    }
    body = paths["/tasks/report"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"rows", "on"}
    assert not body["additionalProperties"]


async def test_metrics_tell_of_tasks_and_queues(desk: Office) -> None:
    await declared.urgent.enqueue(body="x")
    await declared.fragile.enqueue(body="x", failures=9, error="KeyError")
    await run_waiting(desk.app)
    await declared.urgent.enqueue(body="y")
    text = (await desk.client.get("/metrics")).text
    assert 'tasks{queue="letters.high",state="waiting",task="urgent"} 1.0' in text
    assert 'tasks{queue="trouble",state="dead",task="fragile"} 1.0' in text
    assert 'tasks_oldest_seconds{queue="letters.high",task="urgent"}' in text


async def test_progress_is_seen_and_a_running_task_cancelled(office: Office) -> None:
    sent = (await office.client.post("/tasks/report", json={"rows": 600})).json()
    path = f"/tasks/{sent['id']}"

    async def is_under_way() -> bool:
        progress = (await office.client.get(path)).json()["progress"]
        return progress is not None and progress["done"] > 3

    assert await eventually(is_under_way), office.log()
    run = (await office.client.get(path)).json()
    assert (run["progress"]["total"], run["progress"]["note"]) == (600, "counting")
    assert (await office.client.post(f"{path}/cancel")).json()["state"] == "cancelled"
    next_ = await office.client.post("/tasks/report", json={"rows": 1})
    await office.state(UUID(next_.json()["id"]), "succeeded", within=15)
    assert (await office.client.get(path)).json()["state"] == "cancelled"
