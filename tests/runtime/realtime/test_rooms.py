"""Within one process: who hears what, by either protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from .asking import closed, heard
from .serving import Lounge, lounge


@pytest.fixture(scope="module", params=["own", "plain"])
def served(request: pytest.FixtureRequest) -> Iterator[Lounge]:
    with lounge(plain=request.param == "plain") as process:
        yield process


async def test_any_json_goes_to_everybody_and_back(served: Lounge) -> None:
    room, other = served.url("/ws/any"), served.url("/ws/other")
    async with connect(room) as one, connect(room) as two, connect(other) as elsewhere:
        said = [{"a": [1, None, "ü"]}, 7, "x", [], None, {"type": "discontinuity"}]
        for each in said:
            await one.send(json.dumps(each))
        for socket in (one, two):
            messages = [await heard(socket) for _ in said]
            assert [each["data"] for each in messages] == said
            assert {(each["type"], each["room"]) for each in messages} == {("message", "any")}
            assert [each["offset"] for each in messages] == [1, 2, 3, 4, 5, 6]
            assert len({each["epoch"] for each in messages}) == 1
        await elsewhere.send('"here"')
        assert (await heard(elsewhere))["data"] == "here"


async def test_messages_are_of_their_types(served: Lounge) -> None:
    async with connect(served.url("/chat/1/2")) as one, connect(served.url("/chat/1/2")) as two:
        await one.send('{"type": "say", "data": {"text": "hello"}}')
        await one.send('{"type": "say", "data": {"text": "hello", "loud": true}}')
        for socket in (one, two):
            assert (await heard(socket))["data"] == {"text": "hello", "loud": False}
            message = await heard(socket)
            assert (message["type"], message["room"]) == ("say", "1/2")
            assert message["data"] == {"text": "HELLO", "loud": False}
        await one.send('{"type": "silent", "data": {"text": "psst"}}')
        await one.send('{"type": "echo", "data": {"text": "me"}}')
        echoed = await heard(one)
        assert (echoed["type"], echoed["data"]["text"]) == ("echo", "me")
        assert echoed["offset"] is None
        await one.send('{"type": "say", "data": {"text": "last"}}')
        assert (await heard(two))["data"]["text"] == "last"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("{", 400, "no JSON"),
        ("7", 400, "is as"),
        ('{"type": "sing"}', 400, "say, echo, silent"),
        ('{"type": "say", "data": {"text": 1}}', 422, "/text"),
        ('{"type": "say", "data": {"text": "x", "more": 1}}', 422, "/more"),
        ('{"type": "say", "data": {"text": "refuse"}}', 403, "not here"),
        ('{"type": "say", "data": {"text": "fail"}}', 500, "logged"),
        ("[" * 900 + "]" * 900, 400, "is as"),
    ],
)
async def test_what_is_wrong_with_a_message_is_told_to_its_sender(
    served: Lounge, text: str, status: int, words: str
) -> None:
    url = served.url("/chat/wrong/" + str(abs(hash(text))))
    async with connect(url) as one, connect(url) as two:
        await one.send(text)
        error = await heard(one)
        assert (error["type"], error["data"]["status"]) == ("error", status)
        assert words in json.dumps(error["data"])
        await one.send('{"type": "say", "data": {"text": "on"}}')
        assert (await heard(one))["data"]["text"] == "on"
        assert (await heard(two))["data"]["text"] == "on"


async def test_nesting_without_end_is_refused(served: Lounge) -> None:
    async with connect(served.url("/ws/deep")) as socket:
        await socket.send("[" * 900 + "]" * 900)
        assert (await heard(socket))["data"]["status"] == 400


async def test_the_last_messages_are_told_to_who_comes_later(served: Lounge) -> None:
    url = served.url("/chat/some/history")
    async with connect(url) as one:
        for number in range(5):
            await one.send(json.dumps({"type": "say", "data": {"text": str(number)}}))
        for _ in range(5):
            await heard(one)
        async with connect(url) as two:
            assert [(await heard(two))["data"]["text"] for _ in range(3)] == ["2", "3", "4"]


async def test_whoever_comes_back_hears_what_it_missed(served: Lounge) -> None:
    url = served.url("/ws/back")
    async with connect(url) as one:
        async with connect(url) as two:
            await one.send("1")
            last = await heard(two)
        for each in "23":
            await one.send(each)
        for _ in range(3):
            await heard(one)
        at = f"?offset={last['offset']}&epoch={last['epoch']}"
        async with connect(url + at) as two:
            assert [(await heard(two))["data"] for _ in range(2)] == [2, 3]
        hello = [Subprotocol("hello")]
        async with connect(url, subprotocols=hello) as two:
            assert two.subprotocol == "hello"
            resume = {name: last[name] for name in ("offset", "epoch")}
            await two.send(json.dumps({"resume": resume}))
            begun = await heard(two)
            assert (begun["type"], begun["offset"]) == ("subscribed", 1)
            assert [(await heard(two))["data"] for _ in range(2)] == [2, 3]
        for unknown in ({"offset": 1, "epoch": "x"}, {**resume, "offset": 9}):
            async with connect(url, subprotocols=hello) as two:
                await two.send(json.dumps({"resume": unknown}))
                told = await heard(two)
                assert (told["type"], told["offset"]) == ("discontinuity", 3)
                assert (await heard(two))["type"] == "subscribed"


async def test_it_is_closed_for_what_is_no_message(served: Lounge) -> None:
    url = served.url("/ws/odd")
    async with connect(url) as witness:
        for data, code in ((b"\x00\xff", 1003), ("x" * (65 * 1024), 1009)):
            async with connect(url) as socket:
                await socket.send(data)
                assert await closed(socket) == code
        async with connect(url) as socket:
            await socket.send(b"\xff\xfe", text=True)
            assert await closed(socket) == 1007
        await witness.send("1")
        assert (await heard(witness))["data"] == 1


async def test_pages_of_elsewhere_may_not_connect(served: Lounge) -> None:
    here = f"http://127.0.0.1:{served.port}"
    async with connect(served.url("/ws/origin"), origin=here):  # type: ignore[arg-type]
        pass
    for origin in ("https://evil.example.org", "null", f"{here}.evil.example.org"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(served.url("/ws/origin"), origin=origin)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403


async def test_who_floods_is_warned_and_then_closed(served: Lounge) -> None:
    async with connect(served.url("/ws/flood")) as witness:
        async with connect(served.url("/ws/flood"), max_queue=None) as socket:
            with suppress(ConnectionClosed):
                for number in range(10_000):
                    await socket.send(str(number))
            assert await closed(socket) == 4429
        numbers = []
        while True:
            try:
                numbers.append(json.loads(await asyncio.wait_for(witness.recv(), 0.5))["data"])
            except TimeoutError:
                break
        assert 40 < len(numbers) < 120
        assert numbers == sorted(numbers)
        await witness.send('"on"')
        assert (await heard(witness))["data"] == "on"


async def test_rooms_that_nobody_is_in_give_way() -> None:
    with lounge(realtime_max_rooms=2) as process:
        async with connect(process.url("/ws/1")) as one:
            for each in range(2, 10):
                async with connect(process.url(f"/ws/{each}")) as socket:
                    await socket.send("1")
                    assert (await heard(socket))["offset"] == 1
            async with connect(process.url("/ws/2")), connect(process.url("/ws/3")) as third:
                assert await closed(third) == 1013
            await one.send("2")
            assert (await heard(one))["offset"] == 1


async def test_no_such_room(served: Lounge) -> None:
    for path in ("/ws/" + "x" * 300, "/ws/%00", "/nowhere"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(served.url(path))
        assert refused.value.response.status_code in (403, 404)
