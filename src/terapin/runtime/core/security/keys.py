"""The keys by which tokens are verified: a secret, or those that an identity provider publishes."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from ..errors import Unavailable
from ..resilience.deadlines import ended
from .settings import Algorithm, SecuritySettings
from .strict import parsed

logger = logging.getLogger(__name__)

_chance = random.SystemRandom()

_NOBODY_CAN_TELL = "tokens cannot be verified at the moment"
_LONGEST = 256 * 1024
_MOST = 100
_SMALLEST_RSA = 2048
# Seconds between two looks at an issuer that does not answer: it grows to the last.
_FIRST_PAUSE, _LAST_PAUSE = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Key:
    """It verifies by one algorithm, whatever a token says."""

    algorithm: Algorithm
    material: Any


class Keys(Protocol):
    async def find(self, kid: str | None, algorithm: object) -> Key | None:
        """Raises Unavailable if nobody can tell at the moment."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Inside, they are kept up to date."""


class Secret:
    """The one key of those who also sign."""

    def __init__(self, secret: str | None) -> None:
        """Without one nothing is verified."""
        self._key = Key("HS256", secret.encode()) if secret else None

    async def find(self, kid: str | None, algorithm: object) -> Key | None:
        if self._key is None:
            raise Unavailable(_NOBODY_CAN_TELL)
        return self._key

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield


class Jwks:
    """Keys by their id, looked at from time to time, and when a token names another.

    While the issuer does not answer, those that were read last hold for a while.
    """

    def __init__(
        self, url: str, settings: SecuritySettings, changed: Callable[[], None] = lambda: None
    ) -> None:
        """`changed` hears of it when keys have gone."""
        self._url = url
        self._settings = settings
        self._changed = changed
        self._keys: Mapping[str | None, Key] = {}
        self._read_at: float | None = None
        self._is_down = True
        self._looking: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._client: httpx.AsyncClient | None = None

    async def find(self, kid: str | None, algorithm: object) -> Key | None:
        key = self._known(kid, algorithm)
        if key is None:
            await self.look()
            key = self._known(kid, algorithm)
        if key is None and self._is_down:
            raise Unavailable(_NOBODY_CAN_TELL)
        return key

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=self._settings.jwks_timeout) as self._client:
            keeping = asyncio.create_task(self._keep(), context=Context())
            try:
                yield
            finally:
                await ended(*filter(None, (keeping, self._looking)))
                self._client = None

    async def look(self) -> None:
        """One at a time, and one in a few seconds, however many ask for it."""
        if self._client is None:
            return
        if self._looking is None or self._looking.done():
            if time.monotonic() < self._not_before:
                return
            self._not_before = time.monotonic() + self._settings.jwks_pause
            self._looking = asyncio.create_task(self._look(self._client), context=Context())
        await asyncio.shield(self._looking)

    def _known(self, kid: str | None, algorithm: object) -> Key | None:
        """A token without an id has the only key there is."""
        if self._read_at is None or time.monotonic() > self._read_at + self._settings.jwks_stale:
            return None
        only = next(iter(self._keys.values())) if len(self._keys) == 1 else None
        key = self._keys.get(kid, only if kid is None else None)
        return key if key is not None and key.algorithm == algorithm else None

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            await self.look()
            pause = min(pause * 2, _LAST_PAUSE) if self._is_down else _FIRST_PAUSE
            seconds = pause if self._is_down else self._settings.jwks_refresh
            # Processes that were started together do not ask together.
            await asyncio.sleep(seconds * _chance.uniform(0.8, 1.0))

    async def _look(self, client: httpx.AsyncClient) -> None:
        try:
            async with asyncio.timeout(self._settings.jwks_timeout):
                keys = _usable(parsed(await self._body(client)), self._settings.allowed)
        except Exception as error:
            self._is_down = True
            logger.warning("the keys of %s cannot be read: %r", self._settings.issuer, error)
            return
        gone = any(keys.get(kid) != key for kid, key in self._keys.items())
        self._keys, self._read_at, self._is_down = keys, time.monotonic(), False
        if gone:
            self._changed()

    async def _body(self, client: httpx.AsyncClient) -> bytes:
        """As it is sent: what is compressed could be of any length."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        body = b""
        async with client.stream("GET", self._url, headers=headers) as response:
            if response.status_code != httpx.codes.OK:
                raise ValueError(f"the answer is {response.status_code}")
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > _LONGEST:
                    raise ValueError(f"there are more than {_LONGEST} bytes")
        return body


def _usable(document: Mapping[str, Any], allowed: Collection[str]) -> Mapping[str | None, Key]:
    """Raises ValueError if there are none."""
    given = document.get("keys")
    if not isinstance(given, list) or len(given) > _MOST:
        raise ValueError("it is no set of keys")
    keys: dict[str | None, Key] = {}
    for each in given:
        if isinstance(each, dict) and (key := _key(each)) and key.algorithm in allowed:
            kid = each.get("kid")
            if kid in keys:
                raise ValueError("two keys have the same id")
            keys[kid] = key
    if not keys:
        raise ValueError("there is no key that can be used")
    return keys


def _key(jwk: Mapping[str, Any]) -> Key | None:
    """None for what does not verify tokens, or is too weak to."""
    kid, operations = jwk.get("kid"), jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(kid, str | None):
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    key = _made(jwk)
    return key if key and jwk.get("alg", key.algorithm) == key.algorithm else None


def _made(jwk: Mapping[str, Any]) -> Key | None:
    """Of its public part alone."""
    try:
        if jwk.get("kty") == "RSA":
            public: Any = RSAAlgorithm.from_jwk({name: jwk[name] for name in ("kty", "n", "e")})
            return Key("RS256", public) if public.key_size >= _SMALLEST_RSA else None
        if (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256"):
            names = ("kty", "crv", "x", "y")
            return Key("ES256", ECAlgorithm.from_jwk({name: jwk[name] for name in names}))
    except (PyJWTError, KeyError, TypeError, ValueError):
        return None
    return None
