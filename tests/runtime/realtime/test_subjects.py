"""Who may be in a room, how they say who they are, and for how long."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from ..blog.settings import Settings
from ..security import corpus
from ..security.guarded import with_table
from ..security.issuer import SECRET, hs_token
from .asking import closed, heard
from .serving import Lounge, lounge


@pytest.fixture(scope="module")
def served() -> Iterator[Lounge]:
    with lounge(
        security_secret=SECRET,
        realtime_authenticate_within=0.5,
        realtime_ticket_seconds=1,
        realtime_max_connections_per_subject=3,
    ) as process:
        yield process


# Of the channel, and of the characters and the length that a header of subprotocols takes.
LONGEST_MESSAGE = 900
OF_SUBPROTOCOLS = re.compile(rb"[A-Za-z0-9._-]{1,6000}")


def token(**claims: object) -> str:
    return hs_token(**{"roles": ["editor"], **claims}).decode()


def bearer(token: str) -> list[Subprotocol]:
    return [Subprotocol("bearer." + token)]


async def test_the_ways_of_a_token(served: Lounge) -> None:
    url = served.url("/club/alice")
    headers = {"Authorization": f"Bearer {token()}"}
    async with (
        connect(url, additional_headers=headers) as one,
        connect(url, subprotocols=[*bearer(token()), Subprotocol("json")]) as two,
        connect(url) as three,
    ):
        assert two.subprotocol == "json"
        await three.send(json.dumps({"authenticate": token()}))
        await asyncio.sleep(0.2)
        await one.send("1")
        for socket in (one, two, three):
            assert (await heard(socket))["data"] == 1


async def test_a_ticket_is_good_for_once_and_not_for_long(served: Lounge) -> None:
    url = served.url("/club/hall")
    async with httpx.AsyncClient(base_url=served.http) as client:
        assert (await client.post("/ws/tickets")).status_code == 401
        headers = {"Authorization": f"Bearer {token()}"}
        answers = [await client.post("/ws/tickets", headers=headers) for _ in range(2)]
    assert {each.status_code for each in answers} == {201}
    first, second = (each.json()["ticket"] for each in answers)
    offered = [Subprotocol("ticket." + first)]
    async with connect(url, subprotocols=offered) as socket:
        await socket.send("1")
        assert (await heard(socket))["data"] == 1
    async with connect(url, subprotocols=offered) as socket:
        assert await closed(socket) == 4401
    await asyncio.sleep(1.1)
    async with connect(f"{url}?ticket={second}") as socket:
        assert await closed(socket) == 4401


async def test_who_may_not(served: Lounge) -> None:
    async with connect(served.url("/club/bob"), subprotocols=bearer(token())) as socket:
        assert await closed(socket) == 4403
    url = served.url("/club/hall")
    async with connect(url, subprotocols=bearer(token(roles=[]))) as reader:
        await reader.send("1")
        error = await heard(reader)
        assert (error["type"], error["data"]["status"]) == ("error", 403)
        async with connect(url, subprotocols=bearer(token())) as editor:
            await editor.send("2")
            assert (await heard(reader))["data"] == 2


async def test_the_first_message(served: Lounge) -> None:
    url = served.url("/club/hall")
    for text, code in (
        (None, 4408),
        ("{", 4400),
        ("7", 4400),
        ('{"say": 1}', 4400),
        ("{}", 4401),
        ('{"authenticate": 7}', 4401),
        ('{"authenticate": "x"}', 4401),
        (json.dumps({"authenticate": token(), "resume": 7}), 4400),
        ("x" * 1100, 1009),
    ):
        async with connect(url) as socket:
            if text is not None:
                await socket.send(text)
            assert await closed(socket) == code, text


async def test_a_token_in_the_query_is_refused(served: Lounge) -> None:
    for name in ("token", "access_token", "JWT"):
        async with connect(served.url(f"/ws/any?{name}={token()}")) as socket:
            assert await closed(socket) == 4442


async def test_no_log_has_what_stands_in_a_url(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+b") as log:
        with lounge(stderr=log, log_level="DEBUG", security_secret=SECRET) as process:
            for query in ("?token=canary", "?ticket=canary"):
                async with connect(process.url(f"/ws/any{query}")) as socket:
                    assert await closed(socket) in (4401, 4442)
        log.seek(0)
        lines = log.read()
    assert b"Started server process" in lines
    assert b"canary" not in lines


async def test_no_bad_token_is_taken(served: Lounge) -> None:
    """By whichever way it comes; a room in which nobody needs one takes none either."""
    club, sent = served.url("/club/hall"), Counter[str]()
    async with connect(club, subprotocols=bearer(token())) as witness:
        for name, value in corpus.of_secret().items():
            scheme, _, bad = value.partition(b" ")
            assert scheme == b"Bearer"
            if len(bad) <= LONGEST_MESSAGE:
                sent["message"] += 1
                async with connect(club) as socket:
                    await socket.send(json.dumps({"authenticate": bad.decode("latin-1")}))
                    assert await closed(socket) == 4401, name
            if not OF_SUBPROTOCOLS.fullmatch(bad):
                continue
            sent["subprotocol"] += 1
            text = bad.decode()
            for url in (club, served.url("/ws/open")):
                async with connect(url, subprotocols=bearer(text)) as socket:
                    assert await closed(socket) == 4401, (name, url)
            async with connect(club, subprotocols=[Subprotocol("ticket." + text)]) as socket:
                assert await closed(socket) == 4401, name
            sent["header"] += 1
            with pytest.raises(InvalidStatus) as refused:
                await connect(club, additional_headers={"Authorization": f"Bearer {text}"})
            assert refused.value.response.status_code == 401, name
        await witness.send('"on"')
        assert (await heard(witness))["data"] == "on"
    assert min(sent.values()) > 100, sent


async def test_no_bad_token_gets_a_ticket(served: Lounge) -> None:
    async with httpx.AsyncClient(base_url=served.http) as client:
        for name, value in corpus.of_secret().items():
            if OF_SUBPROTOCOLS.fullmatch(value.removeprefix(b"Bearer ")):
                headers = {"Authorization": value.decode()}
                assert (await client.post("/ws/tickets", headers=headers)).status_code == 401, name


async def test_it_is_closed_when_the_token_expires(served: Lounge) -> None:
    """With the seconds by which clocks may differ, of which this token has used up most."""
    late = token(exp=int(time.time()) - 8)
    async with connect(served.url("/club/hall"), subprotocols=bearer(late)) as socket:
        assert await closed(socket) == 4440


async def test_a_subject_has_so_many(served: Lounge) -> None:
    url, offered = served.url("/club/carol"), bearer(token(sub="carol"))
    sockets = [await connect(url, subprotocols=offered) for _ in range(3)]
    await sockets[0].send("1")
    for socket in sockets:
        await heard(socket)
    async with connect(url, subprotocols=offered) as one_more:
        assert await closed(one_more) == 4430
    await sockets.pop().close()
    await asyncio.sleep(0.2)
    sockets.append(await connect(url, subprotocols=offered))
    await sockets[0].send("2")
    assert (await heard(sockets[-1]))["data"] == 2
    for socket in sockets:
        await socket.close()


async def test_what_was_revoked_is_closed_within_two_seconds(settings: Settings) -> None:
    await with_table(settings)
    import asyncpg

    url = settings.database.given_url
    with lounge(security_secret=SECRET, database_url=url) as served:
        async with connect(served.url("/club/hall"), subprotocols=bearer(token(jti="7"))) as socket:
            await socket.send("1")
            await heard(socket)
            connection = await asyncpg.connect(url)
            await connection.execute(
                "INSERT INTO revoked_tokens VALUES ('token', '7', now(), now() + interval '1 day')"
            )
            await connection.close()
            start = time.monotonic()
            assert await closed(socket) == 4441
            assert time.monotonic() - start < 2
