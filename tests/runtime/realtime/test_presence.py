"""Who is there: by one process, and by several of which one is killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.contract import DEEP

from ..caching.valkey import running
from ..security.issuer import SECRET, hs_token
from .asking import Json, heard
from .serving import Lounge, lounges

ROOM = "/lobby/1"


@pytest.fixture(params=["memory", "redis"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Lounge]]:
    """In memory, the same process twice."""
    if request.param == "memory":
        with lounges(1, security_secret=SECRET) as processes:
            yield processes * 2
        return
    with (
        running(tmp_path) as valkey,
        lounges(2, security_secret=SECRET, redis_url=valkey.url) as processes,
    ):
        yield processes


def come(process: Lounge, subject: str) -> connect:
    token = hs_token(sub=subject).decode()
    return connect(process.url(ROOM), subprotocols=[Subprotocol(f"bearer.{token}")])


async def next_of(socket: ClientConnection, *types: str) -> Json:
    message = await heard(socket)
    while message["type"] not in types:
        message = await heard(socket)
    return message


async def test_who_comes_and_leaves(pair: list[Lounge]) -> None:
    one, two = pair
    async with connect(one.url(ROOM)) as stranger:
        assert (await heard(stranger))["data"] == {"subjects": []}
        async with come(one, "ada") as ada:
            assert (await heard(ada))["type"] == "present"
            assert (await next_of(stranger, "joined"))["data"] == {"subject": "ada"}
            async with come(two, "ada"), come(two, "bob") as bob:
                present = await heard(bob)
                assert present["data"]["subjects"] in ([], ["ada"], ["ada", "bob"])
                joined = await next_of(stranger, "joined", "left")
                assert (joined["type"], joined["data"]) == ("joined", {"subject": "bob"})
                assert joined["offset"] == 2
            left = await next_of(stranger, "joined", "left")
            assert (left["type"], left["data"]) == ("left", {"subject": "bob"})
            async with come(two, "carol") as carol:
                # Her process may hear a little later of who has left than the other one, and tells her then.
                present = await heard(carol)
                assert present["data"]["subjects"] in (["ada"], ["ada", "bob"])
                if "bob" in present["data"]["subjects"]:
                    assert (await next_of(carol, "left"))["data"] == {"subject": "bob"}
                assert (await next_of(ada, "joined"))["data"] == {"subject": "ada"}
                assert (await next_of(ada, "joined"))["data"] == {"subject": "bob"}
        left = await next_of(stranger, "left")
        assert left["data"]["subject"] in ("ada", "carol")


async def test_history_is_what_was_said(pair: list[Lounge]) -> None:
    async with come(pair[0], "ada") as ada:
        for number in range(3):
            await ada.send(str(number))
            await next_of(ada, "message")
        async with come(pair[1], "bob"):
            await next_of(ada, "joined")
        async with connect(pair[1].url(ROOM)) as later:
            assert [(await heard(later))["data"] for _ in range(2)] == [1, 2]
            assert (await heard(later))["type"] == "present"


@pytest.mark.skipif(
    not DEEP, reason="in the deep profile: it takes 20 seconds until that is noticed"
)
async def test_who_was_at_a_process_that_was_killed_has_left(pair: list[Lounge]) -> None:
    if pair[0] is pair[1]:
        pytest.skip("there is one")
    async with connect(pair[0].url(ROOM)) as witness, come(pair[1], "ada"):
        assert (await next_of(witness, "joined"))["data"] == {"subject": "ada"}
        pair[1].process.kill()
        assert (await next_of(witness, "left"))["data"] == {"subject": "ada"}
