"""Rooms that all processes share, by streams of Redis.

An entry's id is `EPOCH-OFFSET`: the server counts the offsets of a stream itself, and the epoch is when the stream was
made, in microseconds. What clients are told as the epoch has the server's run id in it as well: what a server that was
started again has of a stream may be less than what was heard of it.

One task of each process reads all rooms that somebody is in. Something said to a stream of its own has it look which
these are.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from itertools import groupby
from typing import Any

import orjson
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from ..errors import Unavailable
from ..resilience.deadlines import ended, within
from ..sources.declared import Declared
from ..sources.manager import Sources
from ..sources.redis import Redis
from .bus import Bus
from .rooms import Room
from .settings import RealtimeSettings

logger = logging.getLogger(__name__)

# For a room to be opened, in seconds.
_PATIENCE = 5.0
_PAUSE = 0.1
_BLOCK = 2.0
# How often streams are told that somebody is there.
_BEAT = 20.0
_ENTRIES = 500
# For how many seconds a process is believed in that says who is there.
_ATTENDED = 15
_AT_ONCE = 500

# A stream that is not there is made with nothing in it. `last` is then the id of its newest entry.
_ENSURE = """
local key, last = KEYS[1], nil
if redis.call('EXISTS', key) == 0 then
  local now = redis.call('TIME')
  redis.call('XADD', key, now[1] .. string.format('%06d', now[2]) .. '-0', '', '')
  redis.call('XTRIM', key, 'MAXLEN', 0)
end
redis.call('EXPIRE', key, ARGV[1])
local info = redis.call('XINFO', 'STREAM', key)
for i = 1, #info, 2 do if info[i] == 'last-generated-id' then last = info[i + 1] end end
"""
_OPEN = _ENSURE + "return {last, redis.call('XREVRANGE', key, '+', '-', 'COUNT', ARGV[2])}"
_SAY = _ENSURE + (
    """
local id = string.match(last, '^%d+') .. '-*'
for i = 3, #ARGV, 2 do
  redis.call('XADD', key, 'MAXLEN', '~', ARGV[2], id, 't', ARGV[i], 'd', ARGV[i + 1])
end
"""
)

# Of each process, who is there and until when that holds. What has changed is said in the room, once, by whoever
# changes it or finds that a process is gone.
_ATTEND = _ENSURE + (
    """
local hash, now, was, is = KEYS[2], tonumber(redis.call('TIME')[1]), {}, {}
local function add(to, members) for _, each in ipairs(cjson.decode(members)) do to[each] = true end end
local known = redis.call('HGETALL', hash)
for i = 1, #known, 2 do
  local ending, members = string.match(known[i + 1], '^(%d+) (.*)$')
  add(was, members)
  if known[i] == ARGV[3] or tonumber(ending) < now then redis.call('HDEL', hash, known[i])
  else add(is, members) end
end
if ARGV[4] ~= '[]' then
  redis.call('HSET', hash, ARGV[3], (now + ARGV[5]) .. ' ' .. ARGV[4])
  redis.call('EXPIRE', hash, ARGV[1])
  add(is, ARGV[4])
end
local id = string.match(last, '^%d+') .. '-*'
local function say(type, subject)
  local data = cjson.encode({subject = subject})
  redis.call('XADD', key, 'MAXLEN', '~', ARGV[2], id, 't', '"' .. type .. '"', 'd', data)
end
for each in pairs(is) do if not was[each] then say('joined', each) end end
for each in pairs(was) do if not is[each] then say('left', each) end end
local subjects = {}
for each in pairs(is) do table.insert(subjects, each) end
return subjects
"""
)

_Said = tuple[Room, bytes, bytes, "asyncio.Future[None]"]


class Streams(Bus):
    # Nothing is lost by reading it again.
    linger = 5.0

    def __init__(self, declared: Declared[Redis]) -> None:
        self._declared = declared
        self._rooms: dict[bytes, Room] = {}
        self._opening: dict[Room, asyncio.Future[None]] = {}
        self._pending: list[_Said] = []
        self._saying: asyncio.Task[None] | None = None
        self._run = ""
        self._is_heard = True

    @asynccontextmanager
    async def running(self, sources: Sources, settings: RealtimeSettings) -> AsyncIterator[None]:
        self._source = sources[self._declared]
        self._settings = settings
        self._process = secrets.token_hex(8)
        self._wake = f"{settings.prefix}ws-wake:{self._process}"
        self._woken = b"0-0"
        reading = asyncio.create_task(self._read(), context=Context())
        try:
            yield
        finally:
            await ended(reading, *filter(None, [self._saying]))

    async def open(self, room: Room) -> None:
        opened = self._opening[room] = asyncio.get_running_loop().create_future()
        try:
            await self._look()
            await asyncio.wait_for(opened, _PATIENCE)
        except (RedisError, OSError) as error:
            raise Unavailable from error
        finally:
            self._opening.pop(room, None)

    def close(self, room: Room) -> None:
        """Unless somebody has opened another one of the same name meanwhile."""
        if self._rooms.get(key := room.key.encode()) is room:
            del self._rooms[key]

    async def publish(self, room: Room, type_: bytes, data: bytes) -> None:
        """Together with what others say meanwhile. It is not said again if it is not known whether it was."""
        said = asyncio.get_running_loop().create_future()
        self._pending.append((room, type_, data, said))
        if self._saying is None or self._saying.done():
            self._saying = asyncio.create_task(self._say(), context=Context())
        await said

    async def attend(self, room: Room) -> None:
        client: Any = self._source.client
        members = orjson.dumps(sorted(room.members))
        arguments = [self._settings.kept, self._most(room), self._process, members, _ATTENDED]

        async def work() -> Any:
            return await client.eval(_ATTEND, 2, room.key, f"{room.key}:present", *arguments)

        room.present = {subject.decode() for subject in await self._source.call(work)}

    async def keep(self, ticket: str, content: bytes, seconds: int) -> None:
        async def work() -> None:
            await self._source.client.set(self._ticket(ticket), content, ex=seconds)

        await self._source.call(work)

    async def take(self, ticket: str) -> bytes | None:
        async def work() -> Any:
            return await self._source.client.getdel(self._ticket(ticket))

        content: bytes | None = await self._source.call(work)
        return content

    def _most(self, room: Room) -> int:
        return max(self._settings.replay_messages, room.channel.history)

    def _ticket(self, ticket: str) -> str:
        return f"{self._settings.prefix}ws-ticket:{ticket}"

    async def _look(self) -> None:
        async def work() -> None:
            client: Any = self._source.client
            await client.xadd(self._wake, {"": ""}, maxlen=1, approximate=False)

        await self._source.call(work)

    async def _say(self) -> None:
        while self._pending:
            batch, self._pending = self._pending[:_AT_ONCE], self._pending[_AT_ONCE:]
            try:
                outcomes = await self._say_some(batch)
            except Exception as error:
                logger.warning("%s: nothing can be said in rooms: %r", self._source.name, error)
                outcomes = [Unavailable("it could not be told to others")] * len(batch)
            for (*_, said), outcome in zip(batch, outcomes, strict=True):
                if said.done():
                    continue
                if isinstance(outcome, Exception):
                    said.set_exception(outcome)
                else:
                    said.set_result(None)

    async def _say_some(self, batch: Sequence[_Said]) -> list[Any]:
        """One command for what follows each other in a room, and one trip for all."""
        client: Any = self._source.client
        settings = self._settings
        runs = [(room, [*said]) for room, said in groupby(batch, key=lambda each: each[0])]

        async def work() -> list[Any]:
            pipeline = client.pipeline(transaction=False)
            for room, said in runs:
                words = [word for _, type_, data, _ in said for word in (type_, data)]
                pipeline.eval(_SAY, 1, room.key, settings.kept, self._most(room), *words)
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
            return answers

        answers = await self._source.call(work)
        pairs = zip(runs, answers, strict=True)
        outcomes = [(answer, len(said)) for (_, said), answer in pairs]
        return [
            Unavailable("it could not be told to others") if isinstance(each, Exception) else None
            for each, number in outcomes
            for _ in range(number)
        ]

    async def _read(self) -> None:
        connection: Any = self._source.connection()
        while True:
            try:
                await self._follow(connection)
            except Exception as error:
                # Once, not at each attempt.
                if self._is_heard:
                    self._is_heard = False
                    logger.warning("%s: rooms are not heard: %r", self._source.name, error)
            finally:
                with suppress(Exception):
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(_PAUSE)

    async def _follow(self, connection: AbstractConnection) -> None:
        loop = asyncio.get_running_loop()
        timeout = self._source.settings.statement_timeout
        block = min(_BLOCK, timeout / 2)
        connecting: Any = connection
        await within(connecting.connect(), self._source.settings.connect_timeout)
        self._run = self._source.run_id(connection)[:8]
        await self._open(connection, self._rooms.values())
        if not self._is_heard:
            self._is_heard = True
            logger.info("%s: rooms are heard again", self._source.name)
        beat = loop.time()
        while True:
            await self._open_new(connection)
            if loop.time() >= beat:
                beat = loop.time() + _BEAT
                await self._keep_alive(connection)
            ids = [f"{_started(room)}-{room.offset}" for room in self._rooms.values()]
            command = ["XREAD", "COUNT", _ENTRIES, "BLOCK", round(block * 1000), "STREAMS"]
            answer = await self._ask(
                connection, [*command, self._wake, *self._rooms, self._woken, *ids]
            )
            for key, entries in answer or ():
                if room := self._rooms.get(key):
                    self._hear(room, entries)
                    # Whoever else there is has a turn.
                    await asyncio.sleep(0)
                else:
                    self._woken = entries[-1][0]

    async def _open_new(self, connection: AbstractConnection) -> None:
        opening = [room for room, opened in self._opening.items() if not opened.done()]
        if not opening:
            return
        await self._open(connection, opening)
        for room in opening:
            self._rooms[room.key.encode()] = room
            opened = self._opening.get(room)
            if opened and not opened.done():
                opened.set_result(None)

    async def _open(self, connection: AbstractConnection, rooms: Iterable[Room]) -> None:
        """What was said in a room that was heard already is told, so far as it is still known."""
        rooms = [*rooms]
        commands = [
            ("EVAL", _OPEN, 1, room.key, self._settings.kept, self._settings.replay_messages)
            for room in rooms
        ]
        answers = await self._ask_all(connection, commands)
        for room, (last, entries) in zip(rooms, answers, strict=True):
            epoch, offset = _parts(last)
            said = [(_parts(id_)[1], *_words(fields)) for id_, fields in reversed(entries)]
            if self._epoch(epoch) != room.epoch:
                room.begin(self._epoch(epoch), offset, said)
                continue
            for each in said:
                room.add(*each)
            # Nothing of what is missing may be known any more.
            room.begin(room.epoch, offset)

    def _hear(self, room: Room, entries: Sequence[Any]) -> None:
        for id_, fields in entries:
            epoch, offset = _parts(id_)
            if self._epoch(epoch) != room.epoch:
                room.begin(self._epoch(epoch), offset - 1)
            room.add(offset, *_words(fields))

    def _epoch(self, started: int) -> str:
        return f"{self._run}-{started}"

    async def _keep_alive(self, connection: AbstractConnection) -> None:
        kept = self._settings.kept
        commands = [("EXPIRE", key, kept) for key in self._rooms]
        await self._ask_all(connection, [*commands, ("EXPIRE", self._wake, round(_BEAT * 3))])

    async def _ask(self, connection: AbstractConnection, command: Sequence[Any]) -> Any:
        [answer] = await self._ask_all(connection, [command])
        return answer

    async def _ask_all(self, connection: Any, commands: Sequence[Sequence[Any]]) -> list[Any]:
        answers = []
        for some in _some(commands):
            await connection.send_packed_command(connection.pack_commands(some))
            timeout = self._source.settings.statement_timeout
            answers += [await within(connection.read_response(), timeout) for _ in some]
        return answers


def _some(commands: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(commands), _AT_ONCE):
        yield commands[start : start + _AT_ONCE]


def _parts(id_: bytes) -> tuple[int, int]:
    epoch, _, offset = id_.partition(b"-")
    return int(epoch), int(offset)


def _words(fields: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Type and data."""
    return fields[1], fields[3]


def _started(room: Room) -> str:
    return room.epoch.rpartition("-")[2]
