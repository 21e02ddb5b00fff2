"""What the tasks of the blog do, with a mail server of their own."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.ext.asyncio import AsyncSession

from blog import sources
from blog.core.database import Database
from blog.core.tasks.results import Results
from blog.core.tasks.testing import run_waiting
from blog.handlers import clean_up as cleaning
from blog.handlers import report_comments as reporting
from blog.models.activity import Activity
from blog.tasks import clean_up

from .api import Api
from .service import resources

Json = dict[str, Any]
Work = Callable[[AsyncSession], Awaitable[Any]]

LETTER = {"recipient": "ada@example.org", "subject": "Grüße", "body": "It is out."}
COMMENTS = next(each for each in resources if each.name == "comments")


class Inbox:
    """What a mail server has taken; to begin with it gives `answers`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("BLOG_MAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("BLOG_MAIL_PORT", str(port))
    try:
        yield inbox
    finally:
        controller.stop()


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BLOG_REPORTS_DIRECTORY", str(tmp_path / "reports"))
    return tmp_path / "reports"


@pytest.fixture
def blog(own_api: Api) -> Api:
    """With nothing in it but what a test sends."""
    return own_api


async def sent(blog: Api, name: str, parameters: Json | None = None) -> str:
    """Its URL."""
    response = await blog.client.post(f"/tasks/{name}", json=parameters or {})
    assert response.status_code == 202, response.text
    return response.headers["location"]


async def ended(blog: Api, url: str) -> Json:
    async with asyncio.timeout(30):
        while (run := await blog.get(url))["state"] == "waiting":
            await run_waiting(blog.app)
            await asyncio.sleep(0.05)
    return run


async def run_again(blog: Api) -> None:
    """As if each worker had died before it could say that it was done."""
    await blog.app.state.sources[sources.database].write(
        "UPDATE task_runs SET state = 'waiting' WHERE state = 'succeeded'"
    )
    await run_waiting(blog.app)


def files(directory: Path) -> list[Path]:
    return [*directory.iterdir()]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def write(path: Path, moment: dt.datetime) -> None:
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (moment.timestamp(), moment.timestamp()))


async def test_an_email_is_sent(blog: Api, inbox: Inbox) -> None:
    run = await ended(blog, await sent(blog, "send_email", LETTER))
    assert run["state"] == "succeeded", run
    [message] = inbox.messages
    assert (message["To"], message["Subject"]) == (LETTER["recipient"], LETTER["subject"])
    assert message.get_content().splitlines() == [LETTER["body"]]


async def test_an_email_that_was_sent_is_not_sent_again(blog: Api, inbox: Inbox) -> None:
    url = await sent(blog, "send_email", LETTER)
    await run_waiting(blog.app)
    await run_again(blog)
    run = await blog.get(url)
    assert (run["state"], run["attempts"]) == ("succeeded", 2)
    assert len(inbox.messages) == 1


async def test_a_transaction_that_is_begun_again_sends_no_other_email(
    blog: Api, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Database.transaction

    async def begin_again(database: Database, work: Work) -> Any:
        async with database.session() as session:
            await work(session)
            await session.rollback()
        return await begin(database, work)

    monkeypatch.setattr(Database, "transaction", begin_again)
    run = await ended(blog, await sent(blog, "send_email", LETTER))
    assert run["state"] == "succeeded", run
    assert len(inbox.messages) == 1


async def test_a_busy_mail_server_is_tried_again(blog: Api, inbox: Inbox) -> None:
    inbox.answers = ["451 later"]
    run = await ended(blog, await sent(blog, "send_email", LETTER))
    assert (run["state"], run["attempts"]) == ("succeeded", 2)
    [message] = inbox.messages
    assert message["Message-ID"] == f"<{run['id']}@example.org>"


async def test_what_is_refused_for_good_is_not_tried_again(blog: Api, inbox: Inbox) -> None:
    inbox.answers = ["550 no such user"]
    run = await ended(blog, await sent(blog, "send_email", LETTER))
    assert (run["state"], run["attempts"]) == ("dead", 1)
    assert "no such user" in run["error"]
    assert not inbox.messages


async def test_the_author_is_told_of_a_comment_once(blog: Api, inbox: Inbox) -> None:
    comment = await blog.create(COMMENTS)
    await run_waiting(blog.app)
    await run_again(blog)
    post = await blog.get(f"/posts/{comment['post_id']}", include="author")
    [message] = inbox.messages
    assert message["To"] == post["author"]["email"]
    assert post["title"] in message["Subject"]


async def test_nobody_is_told_of_a_comment_of_their_own_or_of_one_that_is_gone(
    blog: Api, inbox: Inbox
) -> None:
    body = await blog.body(COMMENTS)
    body["user_id"] = (await blog.get(f"/posts/{body['post_id']}"))["user_id"]
    assert (await blog.post(COMMENTS, body)).status_code == 201
    gone = await blog.create(COMMENTS)
    assert (await blog.client.delete(f"/comments/{gone['id']}")).status_code == 204
    assert len(await run_waiting(blog.app)) == 2
    assert not inbox.messages


async def test_a_report_has_every_comment_once_and_says_how_far_it_is(
    blog: Api, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "_AT_ONCE", 400)
    comment = await blog.create(COMMENTS)
    # More of one moment than are read at once.
    added = await blog.app.state.sources[sources.database].write(
        """
        INSERT INTO comments (id, body, created_at, post_id, user_id)
        SELECT gen_random_uuid(), '=' || number, now() - number / 900 * interval '1 hour', $1, $2
        FROM generate_series(1, 1999) number RETURNING id
        """,
        (UUID(comment["post_id"]), UUID(comment["user_id"])),
    )
    told: list[Json] = []
    keep = Results.keep

    def listen(results: Results, id_: UUID, value: Any, state: str) -> None:
        told.append(value) if state == "PROGRESS" else None
        keep(results, id_, value, state)

    monkeypatch.setattr(Results, "keep", listen)
    run = await ended(blog, await sent(blog, "report_comments"))
    assert run["result"]["comments"] == len(added) + 1 == 2000
    assert told
    assert all(each["total"] == 2000 and each["done"] % 400 == 0 for each in told)

    [path] = files(reports)
    assert str(path) == run["result"]["file"]
    rows = rows_of(path)
    moments = [dt.datetime.fromisoformat(row["at"]) for row in rows]
    assert moments == sorted(moments)
    # What a spreadsheet would calculate is text.
    expected = {comment["body"], *(f"'={number}" for number in range(1, 2000))}
    assert {row["comment"] for row in rows} == expected
    assert len(rows) == 2000


async def test_a_report_that_fails_leaves_no_file(
    blog: Api, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await blog.create(COMMENTS)

    def fail(_: str) -> str:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(reporting, "_harmless", fail)
    url = await sent(blog, "report_comments")
    await run_waiting(blog.app)
    assert "the disk is full" in (await blog.get(url))["error"]
    assert not files(reports)


async def test_what_is_old_is_cleaned_up(
    blog: Api, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "_AT_ONCE", 20)
    now = dt.datetime.now(dt.UTC)
    activities = blog.app.state.sources[sources.activity_store].database[Activity.__collection__]
    ages = [1] * 3 + [91] * 50
    await activities.insert_many(
        Activity(kind="wrote", at=now - dt.timedelta(days=days)).to_bson() for days in ages
    )
    for name, days in {"new.csv": 1, "old.csv": 31, "incomplete.part": 31}.items():
        write(reports / name, now - dt.timedelta(days=days))

    with blog.app.state.sources.current():
        run = await clean_up.enqueue()
    assert await run_waiting(blog.app) == [run.id]

    assert await activities.count_documents({}) == 3
    assert [path.name for path in files(reports)] == ["new.csv"]
