"""Entries in Redis, which all processes share.

Each tag has a generation: a random word, made when something is loaded that depends on it and deleted when it
is invalidated. An entry is kept with the generations of when its load began and is right as long as these are
the current ones: a load that raced an invalidation finds a word gone and is not kept. A word never comes
back, so Redis may forget any of them, which only costs a load.

A change that is about to be committed is announced: in the place of the word stands then who is at it, and for how
long at most, after which whoever it was has died. Meanwhile nothing that has the tag is answered or kept.

The names of all keys hold the run id of the server: what a restart brings back from disk, or a replica shows
that missed an invalidation, is read by nobody.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from redis.exceptions import NoScriptError, RedisError

from ..errors import Unavailable
from ..resilience.breaker import Permit
from ..resilience.deadlines import (
    DeadlineExceededError,
    ended,
    leave,
    remaining,
    turns,
    within,
    without_deadline,
)
from ..sources.redis import Redis
from .entries import Entry, Lifetime, Question
from .outbox import AwayError

T = TypeVar("T")

# For Redis to answer, in seconds: beyond it, a cache would cost more than it spares.
PATIENCE = 0.045
# While it answers others.
LONGEST = 0.5
# Between two questions to a Redis that is silent, which nobody waits for.
_BETWEEN = 0.1
# The same for invalidations, for which nobody waits so long.
INVALIDATING = 1.0
# The right to load, in seconds; whoever has it renews it until the load has ended.
LEASE = 2.0
# How long after its announcement a change can take effect, in seconds.
IN_DOUBT = 5.0
# Tags in one command.
_AT_ONCE = 1000

_Part = str | bytes | int


class _Script:
    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


# The entry, how many milliseconds it is fresh for, or whether the right to load was given, which is that of one
# caller as long as the generations are the same.
_FETCH = _Script("""
local entry, lease, word, lease_ms, generation_ms = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]
local generations = {}
for i = 3, #KEYS do
  local generation = redis.call('GET', KEYS[i])
  if not generation then
    generation = word
    redis.call('SET', KEYS[i], generation, 'PX', generation_ms)
  end
  generations[i - 2] = generation
end
local current = table.concat(generations, ',')
if string.find(current, '?', 1, true) then return {1, current, false, 0} end
local value, left = redis.call('GET', entry), 0
if value and string.sub(value, 1, #current + 1) == current .. '\\n' then
  left = redis.call('PTTL', entry) - string.match(value, '^.(%d+)', #current + 2)
  if left > 0 then return {0, current, value, left} end
else
  value = false
end
for i = 3, #KEYS do
  if redis.call('PTTL', KEYS[i]) < generation_ms / 2 then
    redis.call('PEXPIRE', KEYS[i], generation_ms)
  end
end
local held = redis.call('GET', lease)
if held and string.sub(held, #word + 1) == current then return {0, current, value, left} end
redis.call('SET', lease, word .. current, 'PX', lease_ms)
return {1, current, value, left}
""")

_STORE = _Script("""
local entry, lease, word, begun, value, ms = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local held = redis.call('GET', lease)
if held and string.sub(held, 1, #word) == word then redis.call('DEL', lease) end
local generations = {}
for i = 3, #KEYS do generations[i - 2] = redis.call('GET', KEYS[i]) or '' end
if table.concat(generations, ',') ~= begun or string.find(begun, '?', 1, true) then return 0 end
redis.call('SET', entry, value, 'PX', ms)
return 1
""")

# For so many milliseconds more; 0 gives it back.
_HOLD = _Script("""
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
""")

# Those who have announced a change of a tag and are still at it, besides some: `?WORD@END;WORD@END;`.
_OTHERS = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function others(tag, besides)
  local rest, last = '', 0
  local value = redis.call('GET', tag)
  if value and string.sub(value, 1, 1) == '?' then
    for word, ends in string.gmatch(value, '(%x+)@(%d+);') do
      if not besides[word] and tonumber(ends) > now then
        rest, last = rest .. word .. '@' .. ends .. ';', math.max(last, tonumber(ends))
      end
    end
  end
  return rest, last
end
"""

_ANNOUNCE = _Script(
    f"""{_OTHERS}
local channel, words, word, ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
for i = 1, #KEYS do
  local rest = others(KEYS[i], {{}})
  redis.call('SET', KEYS[i], '?' .. rest .. word .. '@' .. now + ms .. ';', 'PX', ms)
end
redis.call('PUBLISH', channel, words)
"""
)

_INVALIDATE = _Script(
    f"""{_OTHERS}
local done = {{}}
for i = 3, #ARGV do done[ARGV[i]] = true end
for i = 1, #KEYS do
  local rest, last = others(KEYS[i], done)
  if rest == '' then redis.call('DEL', KEYS[i])
  else redis.call('SET', KEYS[i], '?' .. rest, 'PX', last - now) end
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
"""
)


@dataclass(frozen=True, slots=True)
class Found:
    """`seconds` is how long `entry` is fresh, 0 if it is stale. `word` is the right to load, if that was `given`."""

    entry: Entry | None
    seconds: float
    given: bool
    word: str
    generations: str


class Remote:
    """A call of a Redis that is silent ends within PATIENCE, and until it is heard again none is made.

    Whatever is wrong, AwayError is raised.
    """

    def __init__(self, source: Redis, namespace: str, version: str) -> None:
        self.channel = f"{namespace}:invalidated"
        self._source = source
        self._namespace = namespace
        self._version = version
        self._failed_at = 0.0
        self._heard_at = 0.0
        self._listening: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._listening is not None:
            await ended(self._listening)

    async def fetch(self, question: Question) -> Found:
        # Another one each time: a word that is used again would make entries right that are not.
        word = secrets.token_hex(8)
        lifetime = question.lifetime
        longest = 2 * (max(lifetime.ttl, lifetime.negative_ttl) + lifetime.stale_for + 60)
        given, generations, value, left = await self._ask(
            _FETCH, self._keys(question), word, _ms(LEASE), _ms(longest)
        )
        entry = _decode(value) if value else None
        return Found(entry, max(left, 0) / 1000, bool(given), word, generations.decode())

    async def store(
        self, question: Question, found: Found, entry: Entry, lifetime: Lifetime
    ) -> bool:
        """False if what was loaded is overtaken already. Gives the right to load back."""
        value = _encode(found.generations, lifetime.stale_for, entry)
        kept = _ms(lifetime.ttl + lifetime.stale_for)
        return bool(
            await self._ask(
                _STORE, self._keys(question), found.word, found.generations, value, kept
            )
        )

    async def hold(self, question: Question, found: Found) -> None:
        await self._ask(_HOLD, self._keys(question)[1:2], found.word, _ms(LEASE))

    async def give_back(self, question: Question, found: Found) -> None:
        await self._ask(_HOLD, self._keys(question)[1:2], found.word, 0)

    async def announce(self, tags: Collection[str], word: str) -> None:
        """`word` is who changes them, until it is among those whose change `invalidate` says is done."""
        for some in _batches(tags):
            keys = [f"g:{tag}" for tag in some]
            await self._ask(_ANNOUNCE, keys, self.channel, json.dumps(some), word, _ms(IN_DOUBT))

    async def invalidate(self, tags: Collection[str], done: Collection[str] = ()) -> None:
        """Here, and in all processes that listen. Past the breaker: what is not sent is not known elsewhere."""
        for some in _batches(tags):
            keys = [f"g:{tag}" for tag in some]
            call = _Call(self._source, self._namespace)
            arguments = (self.channel, json.dumps(some), *done)
            with _away():
                await within(call.run(_INVALIDATE, keys, arguments), INVALIDATING)
                self._heard_at = time.monotonic()

    def _keys(self, question: Question) -> list[str]:
        key = f"{self._version}:{question.key}"
        return [f"e:{key}", f"l:{key}", *(f"g:{tag}" for tag in sorted(question.tags))]

    async def _ask(self, script: _Script, keys: Sequence[str], *arguments: _Part) -> Any:
        if self._listening is not None:
            raise AwayError("it is silent")
        with _away():
            permit = self._source.breaker.admit()
            call = _Call(self._source, self._namespace)
            try:
                answer = await self.patiently(call.run(script, keys, arguments))
            except BaseException as error:
                self._judge(permit, call, error)
                raise
            permit.succeeded()
            return answer

    async def patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """It is the silence of Redis that ends a call: as long as others are answered, its turn comes."""
        task = asyncio.create_task(work)
        end = time.monotonic() + LONGEST
        try:
            while True:
                seconds = remaining(PATIENCE)
                await asyncio.wait({task}, timeout=seconds)
                await turns(task.done)
                if task.done():
                    self._heard_at = time.monotonic()
                    return task.result()
                now = time.monotonic()
                if seconds < PATIENCE:
                    raise AwayError("there was too little time")
                if now > end or now > self._heard_at + PATIENCE:
                    raise DeadlineExceededError(seconds)
        finally:
            if not task.done():
                leave(task)

    def _judge(self, permit: Permit, call: _Call, error: BaseException) -> None:
        """Calls that fail together are one failure, and who was not served saw none."""
        outage = self._source.is_outage(error)
        silent = isinstance(error, DeadlineExceededError)
        unknown = isinstance(error, AwayError)
        if unknown or (outage and (call.began < self._failed_at or (silent and not call.served))):
            permit.abandoned()
            return
        if outage:
            self._failed_at = time.monotonic()
        if silent and self._listening is None:
            self._listening = asyncio.create_task(self._listen(), context=without_deadline())
        permit.ended_with(error, self._source.is_outage)

    async def _listen(self) -> None:
        """Asks in the place of the callers, who would each wait to find it silent."""
        try:
            while True:
                if await self._is_heard():
                    return
                await asyncio.sleep(_BETWEEN)
        finally:
            self._listening = None

    async def _is_heard(self) -> bool:
        try:
            with self._source.breaker.guarding(self._source.is_outage):
                await within(self._source.ping(), LONGEST)
        except (RedisError, OSError, Unavailable):
            return False
        self._heard_at = time.monotonic()
        return True


class _Call:
    def __init__(self, source: Redis, namespace: str) -> None:
        self._source = source
        self._namespace = namespace
        self._connected = False
        self.began = time.monotonic()

    async def run(self, script: _Script, keys: Sequence[str], arguments: Sequence[_Part]) -> Any:
        async with self._source.borrow() as connection:
            self._connected = True
            prefix = f"{self._namespace}:{self._source.run_id(connection)}:"
            rest = (len(keys), *(prefix + key for key in keys), *arguments)
            try:
                await connection.send_command("EVALSHA", script.digest, *rest)
                return await connection.read_response()
            except NoScriptError:
                await connection.send_command("EVAL", script.text, *rest)
                return await connection.read_response()

    @property
    def served(self) -> bool:
        """Or did it wait for a connection, because others have them all?"""
        pool = self._source.pool()
        return self._connected or pool.used < pool.limit


def _batches(tags: Collection[str]) -> Iterator[list[str]]:
    words = sorted(tags)
    for start in range(0, len(words), _AT_ONCE):
        yield words[start : start + _AT_ONCE]


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, Unavailable) as error:
        raise AwayError(str(error)) from error


def _encode(generations: str, stale_for: float, entry: Entry) -> bytes:
    kind = "-" if entry.negative else "+"
    return f"{generations}\n{kind}{_ms(stale_for)}\n".encode() + entry.body


def _decode(value: bytes) -> Entry:
    _, kind, body = value.split(b"\n", 2)
    return Entry(body, negative=kind.startswith(b"-"))


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
