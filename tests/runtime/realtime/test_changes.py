"""Changes of rows, told to those who may read them: by two processes, PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from terapin.runtime.core.changes import Change, Changes
from terapin.runtime.core.noticing import wrote
from terapin.runtime.core.security.subject import Subject

from ..blog.models.post import PostStatus
from ..blog.settings import Settings
from ..caching.valkey import running
from ..harness import Api, database, serving
from ..permissions.conftest import LAST, WHO, filled, user_id
from ..permissions.rules import Who, World, policed
from ..security.guarded import with_table
from ..security.issuer import hs_token
from .asking import Json, closed, heard
from .listening import listening, quiet
from .newsroom import Newsroom, NewsroomSettings, create_app, newsrooms, posts

ADMIN = next(each for each in WHO if each.name == "admin")
EDITOR = next(each for each in WHO if each.name == "acme editor")
AUTHOR = next(each for each in WHO if each.name == "acme author")


@dataclass(frozen=True)
class Stage:
    """Two processes with a Redis, one without, and the rows that they all have."""

    rooms: list[Newsroom]
    alone: Newsroom
    world: World


@pytest.fixture(scope="module")
def stage(
    server: Settings, migrated: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Processes take their time to begin: one for all tests."""
    with asyncio.Runner() as runner, ExitStack() as stack:
        context = database(server, migrated)
        settings = runner.run(context.__aenter__())
        world = runner.run(_filled(settings))
        valkey = stack.enter_context(running(tmp_path_factory.mktemp("valkey")))
        redis = {"redis_url": valkey.url, "realtime_max_connections_per_subject": 100}
        *rooms, alone = stack.enter_context(newsrooms(settings, redis, redis, {}))
        yield Stage(rooms, alone, world)
        stack.close()
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def rooms(stage: Stage) -> list[Newsroom]:
    return stage.rooms


@pytest.fixture
def alone(stage: Stage) -> Newsroom:
    return stage.alone


@pytest.fixture
def world(stage: Stage) -> World:
    return stage.world


async def _filled(settings: Settings) -> World:
    await with_table(settings)
    async with serving(settings) as api:
        return await filled(api)


class Ear:
    """Somebody in a room, and everything that was heard there."""

    def __init__(self, who: Who, socket: ClientConnection) -> None:
        self.who = who
        self.socket = socket
        self.heard: list[Json] = []
        self.text = ""
        self._more = asyncio.Event()

    async def listen(self) -> None:
        async for text in self.socket:
            self.text += str(text)
            self.heard.append(json.loads(text))
            self._more.set()

    async def until(self, is_there: Callable[[Json], bool]) -> None:
        await self.until_all(lambda heard: any(map(is_there, heard)))

    async def until_all(self, are_there: Callable[[list[Json]], bool]) -> None:
        async with asyncio.timeout(30):
            while not are_there(self.heard):
                self._more.clear()
                await self._more.wait()


class Ears:
    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._listening: list[asyncio.Task[None]] = []

    async def at(self, url: str, who: Who) -> Ear:
        socket = await self._stack.enter_async_context(
            connect(url, additional_headers=who.headers, max_queue=None)
        )
        ear = Ear(who, socket)
        self._listening.append(asyncio.create_task(ear.listen()))
        return ear

    def stop(self) -> None:
        for each in self._listening:
            each.cancel()


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    async with AsyncExitStack() as stack:
        found = Ears(stack)
        yield found
        found.stop()


class Press:
    """Writes as an admin, at one process after the other, and knows who saw what before and after."""

    def __init__(self, client: httpx.AsyncClient, rooms: list[Newsroom], world: World) -> None:
        self._client = client
        self._rooms = rooms
        self._turn = 0
        self.world = world

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        self._turn += 1
        url = self._rooms[self._turn % len(self._rooms)].http + path
        answer = await self._client.request(method, url, headers=ADMIN.headers, **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def settle(self, ear: Ear) -> None:
        """Everything from before has been told in the process of the ear."""
        key = await self.create(user_id=str(user_id(1)), status="archived")
        await ear.until(lambda each: of(each) == str(key))

    async def create(self, **values: Any) -> UUID:
        body = {"title": "acme", "slug": uuid4().hex, "body": "B", "status": "draft", **values}
        made = await self.ask("POST", "/posts", json=body)
        return UUID(made["id"])


def of(message: Json) -> str | None:
    """The key of the row."""
    return message["data"]["id"] if message["data"] else None


def post_of(content: Json) -> Any:
    """As the oracle wants it."""
    from ..blog.models import Post

    return Post(
        id=UUID(content["id"]),
        title=content["title"],
        status=PostStatus(content["status"]),
        user_id=UUID(content["user_id"]),
    )


async def test_everybody_hears_of_what_they_may_read(
    rooms: list[Newsroom], world: World, ears: Ears
) -> None:
    """Each write by itself, so that nothing is told together; then nobody has heard of anything else."""
    there = [await ears.at(f"{room.ws}/posts/changes", who) for who in WHO for room in rooms]
    expected: dict[Ear, list[tuple[str, str]]] = {ear: [] for ear in there}
    async with httpx.AsyncClient(timeout=60) as client:
        press = Press(client, rooms, world)

        async def told(before: Json | None, after: Json | None) -> None:
            for ear in there:
                saw = before is not None and world.may(ear.who, "read", post_of(before))
                sees = after is not None and world.may(ear.who, "read", post_of(after))
                key = (after or before or {})["id"]
                if sees:
                    expected[ear].append(("updated" if saw else "created", key))
                elif saw:
                    expected[ear].append(("deleted", key))
            for ear in there:
                number = len(expected[ear])
                await ear.until_all(lambda heard, number=number: len(heard) >= number)  # type: ignore[misc]

        canary = 0
        for author in (user_id(1), user_id(4)):
            now: Json | None = None
            for change in (
                {"user_id": str(author), "title": "acme", "status": "draft"},
                {"status": "published"},
                {"title": "globex"},
                {"user_id": str(user_id(3))},
                {"status": "archived"},
                {"status": "draft", "title": "acme"},
                {"body": "again"},
            ):
                canary += 1
                body: Json = {"slug": uuid4().hex, "body": f"canary {canary}", **change}
                body["meta"] = {"is": f"meta {canary}"}
                before = now
                if now is None:
                    now = await press.ask("POST", "/posts", json=body)
                else:
                    now = await press.ask("PATCH", f"/posts/{now['id']}", json=body)
                await told(before, now)
            assert now is not None
            await press.ask("DELETE", f"/posts/{now['id']}")
            await told(now, None)
        last = await press.create(user_id=str(user_id(1)), status="archived")
        for ear in there:
            await ear.until(lambda each: of(each) == str(last))
    for ear in there:
        found = [(each["type"], each["data"]["id"]) for each in ear.heard[:-1]]
        assert found == expected[ear], ear.who
        for each in ear.heard:
            if each["type"] == "deleted":
                assert each["data"].keys() == {"id"}
                continue
            shown = each["data"]
            assert "password" not in str(shown)
            owner = ear.who.id is not None and str(ear.who.id) == shown["user_id"]
            if shown["meta"] is not None:
                assert "admin" in ear.who.roles or owner, ear.who


async def test_one_row_and_those_of_a_parent(
    rooms: list[Newsroom], world: World, ears: Ears
) -> None:
    async with httpx.AsyncClient(timeout=60) as client:
        press = Press(client, rooms, world)
        key = await press.create(user_id=str(user_id(1)), status="archived")
        other = await press.create(user_id=str(user_id(1)), status="archived")
        stranger = WHO[0]
        all_ = await ears.at(f"{rooms[0].ws}/posts/changes?offset=0&epoch=none", stranger)
        await press.settle(all_)
        one = await ears.at(f"{rooms[0].ws}/posts/{key}/changes", stranger)
        first = await ears.at(f"{rooms[1].ws}/users/{user_id(1)}/changes", stranger)
        fourth = await ears.at(f"{rooms[0].ws}/users/{user_id(4)}/changes", stranger)
        await press.ask("PATCH", f"/posts/{other}", json={"body": "other"})
        await first.until(lambda each: of(each) == str(other))
        await press.ask("PATCH", f"/posts/{key}", json={"user_id": str(user_id(4))})
        for ear in (one, first, fourth):
            await ear.until(lambda each: of(each) == str(key))
        await press.ask("DELETE", f"/posts/{key}")
        for ear in (one, fourth):
            await ear.until(lambda each: each["type"] == "deleted")
    assert [each["type"] for each in one.heard] == ["updated", "deleted"]
    assert [each["type"] for each in first.heard] == ["updated", "deleted"]
    assert [each["type"] for each in fourth.heard] == ["created", "deleted"]
    assert {each["room"] for each in one.heard} == {str(key)}
    with pytest.raises(Exception, match="404"):
        await connect(f"{rooms[0].ws}/posts/nothing/changes")


async def test_nothing_of_what_was_rolled_back(
    rooms: list[Newsroom], world: World, ears: Ears
) -> None:
    ear = await ears.at(f"{rooms[0].ws}/posts/changes", ADMIN)
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{rooms[1].http}/rolled-back", headers=ADMIN.headers)
        assert answer.status_code == 500
        press = Press(client, rooms, world)
        key = await press.create(user_id=str(user_id(1)))
        await ear.until(lambda each: of(each) == str(key))
        assert len(ear.heard) == 1
        # Of which rows, nobody knows.
        answer = await client.post(f"{rooms[1].http}/at-once", headers=ADMIN.headers)
        assert answer.status_code == 200
        await ear.until(lambda each: each["type"] == "discontinuity")


async def test_who_comes_back_hears_what_was_missed(
    rooms: list[Newsroom], world: World, ears: Ears
) -> None:
    """Twice, if need be; and of what was made and deleted, that it is not there."""
    async with httpx.AsyncClient(timeout=60) as client:
        press = Press(client, rooms, world)
        url = f"{rooms[0].ws}/posts/changes"
        async with connect(url, additional_headers=ADMIN.headers) as socket:
            await press.create(user_id=str(user_id(1)))
            first = await heard(socket)
        keys = [str(await press.create(user_id=str(user_id(1)))) for _ in range(5)]
        await press.ask("DELETE", f"/posts/{keys[0]}")
        await press.ask("PATCH", f"/posts/{keys[1]}", json={"body": "newer"})
        at = "?offset={offset}&epoch={epoch}".format(**first)
        ear = await ears.at(f"{rooms[1].ws}/posts/changes{at}", ADMIN)
        await ear.until(lambda each: of(each) == keys[1])
    told = {each["data"]["id"]: (each["type"], each["data"].get("body")) for each in ear.heard}
    assert told == {
        keys[0]: ("deleted", None),
        keys[1]: ("created", "newer"),
        **dict.fromkeys(keys[2:], ("created", "B")),
    }
    offsets = [each["offset"] for each in ear.heard]
    assert offsets == sorted(offsets)
    late = await ears.at(f"{rooms[1].ws}/posts/changes?offset=1&epoch=none", ADMIN)
    await late.until(lambda each: each["type"] == "discontinuity")


async def test_without_redis(alone: Newsroom, world: World, ears: Ears) -> None:
    ear = await ears.at(f"{alone.ws}/posts/changes", EDITOR)
    async with httpx.AsyncClient(timeout=60) as client:
        press = Press(client, [alone], world)
        key = await press.create(user_id=str(user_id(1)))
        foreign = await press.create(user_id=str(user_id(4)), title="globex")
        await press.ask("DELETE", f"/posts/{foreign}")
        await press.ask("DELETE", f"/posts/{key}")
        await ear.until(lambda each: each["type"] == "deleted")
    assert str(foreign) not in ear.text


async def test_a_burst(settings: Settings) -> None:
    """10,000 changes of some rows, for 200 sockets of three sights: some reads, and each row some times."""
    await with_table(settings)
    app = create_app(NewsroomSettings(**settings.model_dump()))
    resource = posts.streams
    assert resource is not None
    with policed():
        async with app.router.lifespan_context(app), AsyncExitStack() as stack:
            api = Api(app, httpx.AsyncClient())
            keys = [*(await filled(api)).posts]
            feed = await stack.enter_async_context(app.state.realtime.feed(resource))
            there = []
            for number in range(200):
                roles = frozenset({("admin", "editor", "reader")[number % 3]})
                subject = Subject(str(user_id(99)), "user", roles, "acme")
                there.append(listening(app, feed, subject))
            await quiet(there[0])
            with api.statements() as sent:
                for number in range(10_000):
                    changes = Changes()
                    changes.add("posts", [keys[number % len(keys)]], Change("update"))
                    wrote(app.state.sources, changes)
                    if number % 100 == 0:
                        await asyncio.sleep(0)
                await quiet(there[0])
            assert len(sent) < 200
            assert {each["data"]["id"] for each in there[0].heard} == set(map(str, keys))
            for kept in there:
                assert 0 < len(kept.heard) < 30 * len(keys)
            assert len({len(each.heard) for each in there}) > 1
            await api.client.aclose()


async def test_tokens(alone: Newsroom, world: World) -> None:
    """A socket that nobody may be at any more is closed, and nothing may be said at one."""
    token = hs_token(sub=str(LAST), roles=["admin"])
    async with connect(
        f"{alone.ws}/posts/changes",
        additional_headers={"authorization": f"Bearer {token.decode()}"},
    ) as socket:
        await socket.send('{"type": "created", "data": {}}')
        assert (await heard(socket))["data"]["status"] == 403
    with pytest.raises(Exception, match="401"):
        await connect(f"{alone.ws}/posts/changes", additional_headers={"authorization": "Bearer x"})
    async with connect(f"{alone.ws}/posts/changes?token=x") as socket:
        assert await closed(socket) == 4442


POSTS = """subscription ($id: UUID) {
  postChanged(id: $id) { operation id post { title meta author { username } } }
}"""


async def test_subscriptions_by_a_client(rooms: list[Newsroom], world: World, ears: Ears) -> None:
    """gql as it comes, with a token in `connection_init`; what is not to be read is null, or not told."""
    token = AUTHOR.headers["authorization"]
    told: list[Json] = []
    async with httpx.AsyncClient(timeout=60) as http, AsyncExitStack() as stack:
        press = Press(http, rooms, world)
        own = await press.create(user_id=str(user_id(1)))
        everything = await ears.at(f"{rooms[0].ws}/posts/changes?offset=0&epoch=none", ADMIN)
        await press.settle(everything)
        transport = WebsocketsTransport(
            url=f"{rooms[0].ws}/graphql",
            init_payload={"Authorization": token},
            connect_timeout=60,
            ack_timeout=60,
        )
        client = await stack.enter_async_context(Client(transport=transport, execute_timeout=60))

        async def listen(variables: Json, found: list[Json]) -> None:
            request = gql(POSTS)
            request.variable_values = variables
            async for answer in client.subscribe(request):
                change = answer["postChanged"]
                found.append(change)
                if change["operation"] == "DELETED":
                    return
                if variables and change["post"]["meta"]:
                    shown.set()

        one: list[Json] = []
        shown = asyncio.Event()
        tasks = [
            asyncio.create_task(listen({}, told)),
            asyncio.create_task(listen({"id": str(own)}, one)),
        ]
        while not told:
            await press.ask("PATCH", f"/posts/{own}", json={"body": uuid4().hex})
            await asyncio.sleep(0.1)
        foreign = await press.create(user_id=str(user_id(4)), title="globex", body="foreign")
        await press.ask("PATCH", f"/posts/{own}", json={"meta": {"x": 1}, "status": "published"})
        # Of a row that is gone by then nothing else is told.
        await asyncio.wait_for(shown.wait(), 30)
        await press.ask("DELETE", f"/posts/{foreign}")
        await press.ask("DELETE", f"/posts/{own}")
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
    assert str(foreign) not in json.dumps(told)
    assert one[-1] == {"operation": "DELETED", "id": str(own), "post": None}
    assert one[-2]["post"]["author"] == {"username": "username_1_"}
    assert one[-2]["operation"] == "UPDATED"
    assert one[-2]["post"]["meta"] == {"x": 1}


async def test_the_protocol_of_subscriptions(alone: Newsroom) -> None:
    url = f"{alone.ws}/graphql"
    protocol = [Subprotocol("graphql-transport-ws")]
    init = json.dumps({"type": "connection_init"})

    async def ends(*messages: str) -> int:
        async with connect(url, subprotocols=protocol) as socket:
            for each in messages:
                await socket.send(each)
            return await closed(socket)

    def subscribing(query: str, id_: str = "1") -> str:
        return json.dumps({"type": "subscribe", "id": id_, "payload": {"query": query}})

    async with connect(url) as socket:
        assert await closed(socket) == 4406
    good = "subscription { postChanged { operation } }"
    assert await ends(subscribing(good)) == 4401
    assert await ends("{") == 4400
    assert await ends(init, init) == 4429
    assert await ends(init, '{"type": "what"}') == 4400
    assert await ends(init, subscribing(good), subscribing(good)) == 4409
    bad = json.dumps({"type": "connection_init", "payload": {"Authorization": "Bearer x"}})
    assert await ends(bad) == 4401
    async with connect(url, subprotocols=protocol) as socket:
        await socket.send(init)
        assert (await heard(socket))["type"] == "connection_ack"
        await socket.send('{"type": "ping"}')
        assert (await heard(socket))["type"] == "pong"
        deep = "subscription { postChanged { post { author { posts { author { posts { author { posts { author { posts { id } } } } } } } } } } }"
        for query, told in (
            ("{ posts { id } }", "by requests"),
            ("subscription { nothing }", "nothing"),
            (deep, "depth"),
            ("subscription { postChanged(id: 5) { id } }", "5"),
            ("subscription { a: postChanged { id } b: postChanged { id } }", "one"),
        ):
            await socket.send(subscribing(query))
            error = await heard(socket)
            assert (error["type"], error["id"]) == ("error", "1"), query
            assert told in json.dumps(error["payload"]), query
        for number in range(21):
            await socket.send(subscribing(good, str(number)))
        error = await heard(socket)
        assert (error["type"], error["id"]) == ("error", "20")
    with pytest.raises(Exception, match="403"):
        await connect(url, subprotocols=protocol, origin=Origin("https://elsewhere.example.org"))
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{alone.http}/graphql", json={"query": good})
        assert "by WebSockets" in answer.text
