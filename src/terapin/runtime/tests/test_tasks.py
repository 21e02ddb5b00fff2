"""What every background task promises to those who send it. What was written in the handlers is never run."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from .api import Api, content, problem
from .service import Task, tasks

each_task = pytest.mark.parametrize("task", [pytest.param(each, id=each.name) for each in tasks])


@each_task
def test_there_is_a_handler(task: Task[Any]) -> None:
    inspect.signature(task.function()).bind("run", "parameters")


@each_task
async def test_a_run_can_be_looked_at_and_cancelled(api: Api, task: Task[Any]) -> None:
    path = f"/tasks/{task.name}"
    required = {
        field.alias or name
        for name, field in task.model.model_fields.items()
        if field.is_required()
    }
    sent = await api.client.post(path, json={})
    if not task.exposed:
        assert sent.status_code in (404, 405)
        return
    if required:
        assert {fault["pointer"] for fault in problem(sent, 422)} == {
            f"/{each}" for each in required
        }
        return
    assert sent.status_code == 202, sent.text
    url = sent.headers["location"]
    run = await api.get(url)
    assert (run["name"], run["state"]) == (task.name, "waiting")
    assert content(sent)["id"] == run["id"]

    assert (await api.client.post(f"{url}/cancel")).json()["state"] == "cancelled"
    assert (await api.get(url))["state"] == "cancelled"
    problem(await api.client.post(f"{url}/cancel"), 409)


@each_task
async def test_what_is_not_declared_is_refused(api: Api, task: Task[Any]) -> None:
    if not task.exposed:
        pytest.skip("it is not exposed")
    response = await api.client.post(f"/tasks/{task.name}", json={"no_such_parameter": 1})
    assert "/no_such_parameter" in {fault["pointer"] for fault in problem(response, 422)}
