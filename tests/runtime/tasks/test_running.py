"""Tasks on real workers: sent, run, tried again, given up."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import Counter
from uuid import uuid4

from celery import Celery

from terapin.runtime.core.tasks.application import celery_for
from terapin.runtime.core.tasks.ledger import Ledger
from terapin.runtime.core.tasks.sending import chain, group

from ..mailroom.tasks import declared as declared
from ..mailroom.tasks import tasks
from .office import Office, eventually

LATE = dt.timedelta(seconds=1.5)


async def test_tasks_are_run_whatever_their_queue(office: Office) -> None:
    for task in (declared.deliver, declared.stamp, declared.urgent, declared.lasting):
        sent = await task.enqueue(body=task.name)
        run = await office.state(sent.id, "succeeded")
        assert (run["attempts"], run["error"]) == (1, None)
    assert await office.letters() == ["deliver", "stamp", "urgent", "lasting"]


async def test_what_fails_is_tried_again_and_given_up(office: Office) -> None:
    twice = await declared.fragile.enqueue(body="twice", failures=2)
    ever = await declared.fragile.enqueue(body="ever", failures=9)
    other = await declared.fragile.enqueue(body="other", failures=1, error="KeyError")
    assert (await office.state(twice.id, "succeeded"))["attempts"] == 3
    dead = await office.state(ever.id, "dead")
    assert (dead["attempts"], dead["error"]) == (4, "ConnectionError: attempt 4")
    assert (await office.state(other.id, "dead"))["attempts"] == 1
    await _noted(
        office,
        "twice at 3",
        "succeeded fragile 3",
        *(f"retried fragile attempt {number}" for number in (1, 1, 2, 2, 3)),
        "failed fragile attempt 4",
        "failed fragile 'attempt 1'",
    )


async def _noted(office: Office, *letters: str) -> None:
    """In any order, and nothing else: what comes after the end of a run is written a little later."""

    async def noted() -> bool:
        return Counter(await office.letters()) == Counter(letters)

    assert await eventually(noted), await office.letters()


async def test_a_poison_task_does_not_keep_others_from_their_work(office: Office) -> None:
    ready = await declared.stamp.enqueue(body="ready")
    await office.state(ready.id, "succeeded")
    begun = time.monotonic()
    poison = await declared.poison.enqueue()
    others = [await declared.stamp.enqueue(body=str(number)) for number in range(20)]
    dead = await office.state(poison.id, "dead", within=10)
    assert time.monotonic() - begun < 10
    assert dead["attempts"] == 4
    assert (await office.letters()).count("poison") == 4
    for each in others:
        await office.state(each.id, "succeeded")
    await office.execute("INSERT INTO letters (body) VALUES ('antidote')")
    assert await Ledger(office.database).replay(poison.id) == [poison.id]
    assert (await office.state(poison.id, "succeeded"))["attempts"] == 1
    assert await eventually(lambda: _is_written(office, "succeeded poison None"))


async def _is_written(office: Office, letter: str) -> bool:
    return letter in await office.letters()


async def test_the_hard_limit_ends_what_is_stuck(office: Office) -> None:
    sent = await declared.stuck.enqueue(body="unstuck", seconds=60)
    await office.state(sent.id, "running")
    begun = time.monotonic()
    run = await office.state(sent.id, "succeeded", within=15)
    # The limit is 2 s, the longest wait before the retry 0.1 s.
    assert time.monotonic() - begun < 10
    assert run["attempts"] == 2
    await _noted(office, "unstuck", "succeeded stuck None")


async def test_the_soft_limit_interrupts(office: Office) -> None:
    sent = await declared.hasty.enqueue(body="", seconds=60)
    run = await office.state(sent.id, "dead")
    assert run["error"].startswith("SoftTimeLimitExceeded")
    await _noted(office, "interrupted", "failed hasty SoftTimeLimitExceeded()")


async def test_what_is_sent_late_waits(office: Office) -> None:
    after = await declared.deliver.after(2).enqueue(body="after")
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2)
    at = await declared.deliver.at(moment).enqueue(body="at")
    for sent in (after, at):
        run = await office.state(sent.id, "succeeded")
        assert LATE < run["due_at"] - run["created_at"] < 2 * LATE
        assert run["started_at"] >= run["due_at"]


async def test_chains_and_groups(office: Office) -> None:
    chained = await chain(
        declared.deliver.call(body="1", seconds=0.5),
        declared.deliver.call(body="2", seconds=0.2),
        declared.deliver.call(body="3"),
    ).enqueue()
    await office.state(chained[-1].id, "succeeded")
    assert await office.letters() == ["1", "2", "3"]
    together = await group(
        *(declared.deliver.call(body="part", seconds=0.1) for _ in range(5)),
        then=declared.deliver.call(body="whole"),
    ).enqueue()
    await office.state(together[-1].id, "succeeded")
    assert (await office.letters())[3:] == ["part"] * 5 + ["whole"]


async def test_a_message_of_somebody_else_gets_its_row(office: Office) -> None:
    app: Celery = celery_for(tasks, office.settings)
    id_ = uuid4()
    await asyncio.to_thread(app.send_task, "stamp", kwargs={"body": "called"}, task_id=str(id_))

    async def arrived() -> bool:
        return bool(await office.rows("SELECT 1 FROM task_runs WHERE id = $1", id_))

    assert await eventually(arrived)
    await office.state(id_, "succeeded")
    wrong = uuid4()
    await asyncio.to_thread(app.send_task, "stamp", kwargs={"bdy": "called"}, task_id=str(wrong))
    assert await eventually(lambda: _is_dead(office, wrong))
    run = await office.run(wrong)
    assert (run["attempts"], run["error"]) == (
        1,
        "the parameters are not valid: body: Field required; bdy: Extra inputs are not permitted",
    )
    app.close()


async def _is_dead(office: Office, id_: object) -> bool:
    rows = await office.rows("SELECT state FROM task_runs WHERE id = $1", id_)
    return [row["state"] for row in rows] == ["dead"]


async def test_a_rate_is_kept_by_all_workers_together(office: Office) -> None:
    sent = [await declared.count.enqueue(body=str(number)) for number in range(12)]
    for each in sent:
        await office.state(each.id, "succeeded", within=30)
    rows = await office.rows("SELECT started_at FROM task_runs ORDER BY started_at")
    starts = [row["started_at"] for row in rows]
    for first, fifth in zip(starts, starts[4:], strict=False):
        assert fifth - first > dt.timedelta(seconds=0.9)
