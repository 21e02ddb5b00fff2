"""How many requests may come in a subject's name, or from an address that gives none.

It is counted in Redis for all processes, where a service has one, and in each process while Redis does not answer.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, Protocol

from starlette._utils import get_route_path
from starlette.types import Scope

from ..errors import Problem
from ..resilience.breaker import Breaker
from ..resilience.deadlines import within
from ..sources.base import Source
from ..sources.manager import Sources
from .settings import Rate, SecuritySettings
from .subject import Subject

logger = logging.getLogger(__name__)

# For Redis to answer, in seconds.
_PATIENCE = 0.1
_FAILURES, _RESET = 3, 1.0
_MOST_KNOWN = 10_000
_SUBNET = 64
# Asked by machines that watch the service, all from one address.
_UNLIMITED = frozenset({"/health/live", "/health/ready", "/metrics"})

# A bucket is the moment at which it is full again (the generic cell rate algorithm). What is returned is for how long
# there is nothing in it. All in microseconds.
_TAKE = """
local time = redis.call('TIME')
local now, interval, all = time[1] * 1000000 + time[2], tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval
if full - now > all then return full - now - all end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
"""


# What was taken is put back.
_GIVE = """
local full = redis.call('GET', KEYS[1])
if not full then return 0 end
local time, back = redis.call('TIME'), tonumber(full) - tonumber(ARGV[1])
local left = back - (time[1] * 1000000 + time[2])
if left > 0 then redis.call('SET', KEYS[1], string.format('%.0f', back), 'PX', math.ceil(left / 1000))
else redis.call('DEL', KEYS[1]) end
return 0
"""


class TooManyRequests(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: float) -> None:
        headers = {"Retry-After": str(max(1, ceil(seconds)))}
        super().__init__("there were too many requests", headers=headers)


class Buckets:
    """Those of this process, at the same moments as in Redis, but by its own clock."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, int] = OrderedDict()

    def wait(self, who: str, rate: Rate) -> int:
        """For how long there is nothing in one, in microseconds."""
        known = self._full.get(who)
        return 0 if known is None else max(0, known + rate.interval - _now() - rate.all)

    def take(self, who: str, rate: Rate) -> int:
        """The same, having taken one if there is one."""
        wait = self.wait(who, rate)
        if not wait:
            now = _now()
            self._keep(who, max(self._full.get(who, now), now) + rate.interval)
        return wait

    def give(self, who: str, rate: Rate) -> None:
        """Put back one that was taken."""
        if who in self._full:
            self._keep(who, self._full[who] - rate.interval)

    def empty(self, who: str, rate: Rate, wait: int) -> None:
        """As somebody else has found it: it can only be empty for longer, so nobody need ask before."""
        self._keep(who, _now() + rate.all - rate.interval + wait)

    def _keep(self, who: str, full: int) -> None:
        self._full[who] = full
        self._full.move_to_end(who)
        if len(self._full) > _MOST_KNOWN:
            self._full.popitem(last=False)


class Counting(Protocol):
    async def take(self, who: str, rate: Rate) -> int:
        """As `Buckets.take`."""

    async def give(self, who: str, rate: Rate) -> None:
        """As `Buckets.give`."""


class SharedBuckets:
    """Those of all processes, in the first Redis of a service.

    Without it, and while it is away, they are `elsewhere`, or else in each process.
    """

    def __init__(self, prefix: str, sources: Sources, elsewhere: Counting | None = None) -> None:
        """`prefix` is that of the service's keys in Redis."""
        self._prefix = prefix
        self._source = next((each for each in sources if each.kind == "redis"), None)
        self._breaker = Breaker("counting requests", failures=_FAILURES, reset=_RESET)
        self._buckets = Buckets()
        self._elsewhere = elsewhere

    async def take(self, who: str, rate: Rate) -> int:
        """As `Buckets.take`. Whoever is refused is not asked about again before his time."""
        if wait := self._buckets.wait(who, rate):
            return wait
        asked = await self._asked(_TAKE, who, rate)
        if asked is None:
            if self._elsewhere is None:
                return self._buckets.take(who, rate)
            asked = await self._elsewhere.take(who, rate)
        if asked:
            self._buckets.empty(who, rate, asked)
        return asked

    async def give(self, who: str, rate: Rate) -> None:
        """Put back one that was taken."""
        self._buckets.give(who, rate)
        if await self._asked(_GIVE, who, rate) is None and self._elsewhere is not None:
            await self._elsewhere.give(who, rate)

    async def _asked(self, script: str, who: str, rate: Rate) -> int | None:
        """None where Redis does not tell."""
        if self._source is None:
            return None
        try:
            with self._breaker.guarding(_is_failure):
                return await within(self._ask(self._source, script, who, rate), _PATIENCE)
        except Exception as error:
            logger.debug("requests are not counted in Redis: %r", error)
            return None

    async def _ask(self, source: Source[Any], script: str, who: str, rate: Rate) -> int:
        async with source.lend() as client:
            return int(
                await client.eval(script, 1, f"{self._prefix}:{who}", rate.interval, rate.all)
            )


class Limits:
    """Those of the settings, of which there may be none."""

    def __init__(self, settings: SecuritySettings, prefix: str, sources: Sources) -> None:
        self._rate = Rate.parse(settings.rate_limit)
        self._anonymous_rate = Rate.parse(settings.anonymous_rate_limit) or self._rate
        self._buckets = SharedBuckets(prefix, sources)

    async def check(self, subject: Subject, scope: Scope) -> None:
        """Raises TooManyRequests."""
        rate = self._anonymous_rate if subject.is_anonymous else self._rate
        if rate is None or get_route_path(scope) in _UNLIMITED:
            return
        who = f"address:{address_of(scope)}" if subject.is_anonymous else subject.principal
        if wait := await self._buckets.take(who, rate):
            raise TooManyRequests(wait / 1_000_000)


def _is_failure(error: BaseException) -> bool:
    return isinstance(error, Exception)


def _now() -> int:
    return time.monotonic_ns() // 1000


def address_of(scope: Scope) -> str:
    """Of the client, or the network that it has."""
    client = scope.get("client")
    return _network(client[0]) if client else ""


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    """Whoever has an IPv6 address has all of its subnet."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _SUBNET), strict=False))
