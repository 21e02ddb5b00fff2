"""What surrounds every request, around applications that do what they should not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from terapin.runtime.core.errors import Conflict
from terapin.runtime.core.logs import request_id
from terapin.runtime.core.metrics import Metrics
from terapin.runtime.core.middleware import Apart, Envelope
from terapin.runtime.core.resilience.deadlines import DeadlineExceededError, remaining

from .blog.settings import Settings
from .harness import serving

TIME = 0.2
Pairs = Iterable[tuple[bytes, bytes]]


@dataclass
class Client:
    """Sends its body in parts, and keeps what it is answered, each part with when that was."""

    app: ASGIApp
    body: tuple[bytes, ...] = (b"",)
    messages: list[Message] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def get(self, headers: Pairs = (), scheme: str = "http") -> Client:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": list(headers),
            "scheme": scheme,
        }
        parts, start = list(self.body), time.monotonic()

        async def receive() -> Message:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Message) -> None:
            self.messages.append(message)
            self.seconds.append(time.monotonic() - start)

        await self.app(scope, receive, send)
        return self

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        headers: list[tuple[bytes, bytes]] = self.messages[0]["headers"]
        assert len(headers) == len(dict(headers))
        return dict(headers)


def around(app: ASGIApp, *, max_bytes: int = 100) -> Envelope:
    return Envelope(app, metrics=Metrics(), seconds=TIME, max_bytes=max_bytes)


def counted(envelope: Envelope) -> dict[str, float]:
    """Requests by status."""
    return {
        sample.labels["status"]: sample.value
        for metric in envelope.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "http_requests_total"
    }


START: Message = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]}
BODY: Message = {"type": "http.response.body", "body": b"done"}


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    await send(BODY)


async def sleeping(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(30)


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await answering(scope, receive, send)


async def test_a_message_that_is_sent_again_and_again_stays_as_it_is() -> None:
    envelope = around(answering)
    first, second = [await Client(envelope).get() for _ in range(2)]
    assert START["headers"] == [(b"a", b"b")]
    assert first.headers[b"a"] == b"b"
    assert first.headers[b"x-frame-options"] == b"DENY"
    assert first.headers[b"x-request-id"] != second.headers[b"x-request-id"]
    assert first.messages[1] is BODY


async def test_what_an_answer_says_of_its_safety_stands_but_not_its_name() -> None:
    own = [(b"x-frame-options", b"SAMEORIGIN"), (b"x-request-id", b"mine-and-mine")]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": own})
        await send({"type": "http.response.body"})

    client = await Client(around(app)).get([(b"x-request-id", b"given-by-client")])
    assert client.headers == {
        b"x-frame-options": b"SAMEORIGIN",
        b"x-request-id": b"given-by-client",
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    }


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        (b"text/html; charset=utf-8", b"base-uri 'self'; frame-ancestors 'none'; object-src 'none'"),
        (b"text/html", b"base-uri 'self'; frame-ancestors 'none'; object-src 'none'"),
        (b"application/json", b"default-src 'none'; frame-ancestors 'none'"),
        (b"image/svg+xml", b"default-src 'none'; frame-ancestors 'none'"),
    ],
)  # fmt: skip
async def test_only_a_page_may_load_something(kind: bytes, policy: bytes) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", kind)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    client = await Client(around(app)).get()
    assert client.headers[b"content-security-policy"] == policy


async def test_who_came_by_tls_is_to_stay_with_it() -> None:
    name = b"strict-transport-security"
    envelope = Envelope(answering, metrics=Metrics(), seconds=TIME, max_bytes=100, hsts=60)
    assert (await Client(envelope).get(scheme="https")).headers[name] == b"max-age=60"
    assert name not in (await Client(envelope).get()).headers
    assert name not in (await Client(around(answering)).get(scheme="https")).headers

    async def at_once(scope: Scope, receive: Receive, send: Any) -> None:
        await send.answer(200, [], b"")

    envelope = Envelope(at_once, metrics=Metrics(), seconds=TIME, max_bytes=100, hsts=60)
    assert (await Client(envelope).get(scheme="https")).headers[name] == b"max-age=60"


async def test_inside_there_is_a_name_and_a_deadline_and_outside_there_is_not() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert request_id.get() == "given-by-client"
        assert 0 < remaining(60) <= TIME
        await answering(scope, receive, send)

    await Client(around(app)).get([(b"x-request-id", b"given-by-client")])
    assert (request_id.get(), remaining(60)) == (None, 60)


async def test_methods_that_a_client_makes_up_are_counted_as_one() -> None:
    metrics = Metrics()
    for number in range(3):
        metrics.observe(f"MADEUP{number}", "/", 405, 0.004)
    metrics.observe("GET", "/", 200, 0.005)
    metrics.observe("GET", "/", 404, 70.0)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in metrics.registry.collect()
        for sample in metric.samples
    }
    assert samples["http_requests_total", "other", "/", "405"] == 3
    assert samples["http_request_seconds_count", "GET", "/"] == 2
    assert samples["http_request_seconds_sum", "GET", "/"] == 70.005
    buckets = [samples["http_request_seconds_bucket", "GET", "/", le] for le in BOUNDS]
    assert buckets == [1, 1, 1, 2]


BOUNDS = ("0.005", "0.01", "10.0", "+Inf")


@pytest.mark.parametrize("declared", [b"101", b"", b"-1", b"1e2", b"\xb2"])
async def test_a_length_that_is_too_large_or_none_is_refused(declared: bytes) -> None:
    envelope = around(answering)
    client = await Client(envelope).get([(b"content-length", declared)])
    assert client.status == 413
    assert client.headers[b"content-type"] == b"application/problem+json"
    assert b"x-request-id" in client.headers
    assert counted(envelope) == {"413": 1}


async def test_bytes_are_counted_whatever_was_declared() -> None:
    envelope = around(reading)
    few, many = (b"x" * 60, b"x" * 40), (b"x" * 60, b"x" * 41)
    assert (await Client(envelope, few).get()).status == 200
    assert (await Client(envelope, many).get([(b"content-length", b"5")])).status == 413


async def test_a_problem_that_nothing_has_caught_is_the_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise Conflict("it is taken")

    assert (await Client(around(app)).get()).status == 409
    assert not [record for record in caplog.records if record.name != "access"]


async def test_who_takes_too_long_is_cancelled() -> None:
    envelope = around(sleeping)
    client = await Client(envelope).get()
    assert client.status == 503
    assert client.headers[b"retry-after"] == b"1"
    assert TIME <= client.seconds[0] < TIME + 0.25
    assert counted(envelope) == {"503": 1}
    task = asyncio.current_task()
    assert task
    assert not task.cancelling(), "whoever called can be cancelled as before"


async def test_an_application_that_does_not_mind_being_cancelled_is_answered_for() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        await answering(scope, receive, send)

    client = await Client(around(app)).get()
    assert [message.get("status") for message in client.messages] == [503, None]
    task = asyncio.current_task()
    assert task
    assert not task.cancelling()


async def test_what_went_wrong_is_logged_by_the_name_that_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("hunter2")

    client = await Client(around(app)).get()
    assert client.status == 500
    assert client.headers[b"x-request-id"] in client.messages[1]["body"]
    assert b"hunter2" not in client.messages[1]["body"]
    assert "hunter2" in caplog.text


@pytest.mark.parametrize("error", [TimeoutError, PoolTimeout])
async def test_what_was_waited_for_in_vain_is_no_fault_of_ours(error: type[Exception]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    assert (await Client(around(app)).get()).status == 503


async def test_each_has_its_own_time() -> None:
    """Though there is one timer."""
    envelope = around(sleeping)

    async def later(seconds: float) -> Client:
        await asyncio.sleep(seconds)
        return await Client(envelope).get()

    clients = await asyncio.gather(*(later(number * 0.05) for number in range(5)))
    for client in clients:
        assert TIME <= client.seconds[0] < TIME + 0.25


async def test_the_time_of_one_that_has_ended_is_not_that_of_the_next() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(TIME * 0.6)
        await answering(scope, receive, send)

    envelope = around(slow)
    for _ in range(3):
        assert (await Client(envelope).get()).status == 200


def test_another_loop_has_a_timer_of_its_own() -> None:
    envelope = around(sleeping)
    for _ in range(2):
        assert asyncio.run(Client(envelope).get()).status == 503


async def test_an_answer_that_is_there_when_the_loop_was_late_is_given() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        time.sleep(TIME * 1.5)  # noqa: ASYNC251 - it is what makes the loop late
        for _ in range(3):
            await asyncio.sleep(0)
        await answering(scope, receive, send)

    assert (await Client(around(app)).get()).status == 200


async def test_after_the_answer_has_begun_it_is_broken_off() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await asyncio.sleep(30)

    client = Client(around(app))
    with pytest.raises(DeadlineExceededError):
        await client.get()
    assert [message["type"] for message in client.messages] == ["http.response.start"]


async def test_who_is_cancelled_from_outside_is_not_answered() -> None:
    envelope = around(Apart(sleeping))
    client = Client(envelope)
    task = asyncio.create_task(client.get())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert client.messages == []
    assert counted(envelope) == {"499": 1}


async def test_nobody_waits_for_an_endpoint_that_does_not_end() -> None:
    """And when it does, it has nothing more to say."""
    ended = asyncio.Event()

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        await asyncio.sleep(0.5)
        await answering(scope, receive, send)
        ended.set()

    start = time.monotonic()
    client = await Client(around(Apart(stubborn))).get()
    assert time.monotonic() - start < TIME + 0.25
    await asyncio.wait_for(ended.wait(), 5)
    assert [message.get("status") for message in client.messages] == [503, None]


async def test_an_endpoint_of_a_service_is_apart(settings: Settings) -> None:
    changed = settings.model_copy(update={"request_timeout": TIME})
    async with serving(changed) as api:

        @api.app.get("/stubborn")
        async def stubborn() -> Any:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(30)
            await asyncio.sleep(1)

        start = time.monotonic()
        response = await api.client.get("/stubborn")
        assert time.monotonic() - start < TIME + 0.5
        assert response.status_code == 503
        assert "x-request-id" in response.headers
