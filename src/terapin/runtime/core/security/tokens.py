"""Bearer tokens: JSON Web Tokens of one issuer for one audience, as RFC 8725 wants them verified."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
from typing import Any

from jwt import ExpiredSignatureError, PyJWT
from jwt.exceptions import PyJWTError

from .keys import Jwks, Key, Keys, Secret
from .settings import SecuritySettings
from .strict import parsed
from .subject import Subject, Unauthenticated, is_name

logger = logging.getLogger(__name__)

LONGEST = 8 * 1024
_MOST_REMEMBERED = 10_000
# Decoders pass over other characters, so that one token could be written in many ways.
_COMPACT = re.compile(rb"([\w-]+)\.[\w-]+\.[\w-]+")
# Seconds after which even what is remembered is verified again.
_REMEMBERED = 300.0
_TIMES = ("exp", "iat", "nbf")
_LATEST = 253_402_300_799
_REQUIRED = ("exp", "iss", "aud", "sub")
# Tokens of other kinds have the same issuer and could have the same audience.
_TYPES = ("jwt", "at+jwt", "application/at+jwt")


class MalformedError(ValueError):
    """A token that means nothing, or not one thing."""


class Tokens:
    """Whose they are. What was verified is remembered by its digest, so that it costs microseconds."""

    def __init__(self, settings: SecuritySettings) -> None:
        self._settings = settings
        self._keys = _keys(settings, self.forget)
        self._jwt = _Strict()
        self._remembered: OrderedDict[bytes, tuple[Subject, float]] = OrderedDict()

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._keys.running()

    def forget(self) -> None:
        self._remembered.clear()

    async def subject(self, token: bytes) -> Subject:
        """Raises Unauthenticated, and Unavailable where the keys are not known."""
        if len(token) > LONGEST:
            raise Unauthenticated
        digest, now = hashlib.sha256(token).digest(), time.time()
        remembered = self._remembered.get(digest)
        if remembered is not None and now < remembered[1]:
            self._remembered.move_to_end(digest)
            return remembered[0]
        subject = await self._verified(token)
        assert subject.expires is not None
        self._remembered[digest] = subject, min(now + _REMEMBERED, subject.expires)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return subject

    async def _verified(self, token: bytes) -> Subject:
        try:
            header = _header(token)
            key = await self._keys.find(header.get("kid"), header["alg"])
            if key is None:
                raise MalformedError("nobody knows its key")
            return self._subject(self._claims(token, key))
        except ExpiredSignatureError:
            raise Unauthenticated("the token has expired") from None
        except (PyJWTError, ValueError) as error:
            logger.debug("a token is refused: %r", error)
            raise Unauthenticated from None

    def _claims(self, token: bytes, key: Key) -> Mapping[str, Any]:
        settings = self._settings
        claims: Mapping[str, Any] = self._jwt.decode(
            token,
            key.material,
            algorithms=[key.algorithm],
            issuer=settings.issuer,
            audience=settings.audience,
            leeway=settings.leeway,
            options={"require": list(_REQUIRED)},
        )
        if claims["exp"] > time.time() + settings.longest:
            raise MalformedError("it would be valid for too long")
        return claims

    def _subject(self, claims: Mapping[str, Any]) -> Subject:
        settings = self._settings
        roles = _claim(claims, settings.roles_claim)
        return Subject(
            id=_name(claims["sub"]),
            kind="user",
            roles=frozenset(map(_name, _several(roles))),
            tenant=_optional(_claim(claims, settings.tenant_claim)),
            token_id=_optional(claims.get("jti")),
            issued=claims.get("iat"),
            expires=claims["exp"] + settings.leeway,
            claims=MappingProxyType(dict(claims)),
        )


class _Strict(PyJWT):
    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        """PyJWT's place for this. It would read a number from a text, and fail with one that is too large."""
        claims = parsed(decoded["payload"])
        for name in _TIMES:
            if name in claims and not _is_time(claims[name]):
                raise MalformedError(f"{name} is no time")
        return claims


def _keys(settings: SecuritySettings, forget: Callable[[], None]) -> Keys:
    if settings.jwks:
        return Jwks(settings.jwks, settings, forget)
    return Secret(settings.secret.get_secret_value() if settings.secret else None)


def _header(token: bytes) -> Mapping[str, Any]:
    """Where a key would be is never taken from here (`jku`, `jwk`, `x5u`), but for its id."""
    compact = _COMPACT.fullmatch(token)
    if compact is None:
        raise MalformedError("it is no compact JWS")
    first = compact[1]
    header = parsed(urlsafe_b64decode(first + b"=" * (-len(first) % 4)))
    type_ = header.get("typ", "JWT")
    if not isinstance(type_, str) or type_.lower() not in _TYPES:
        raise MalformedError("it is a token of another kind")
    if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid"), str | None):
        raise MalformedError("its header is of the wrong types")
    if "crit" in header or "b64" in header:
        raise MalformedError("it asks for what is not understood")
    return header


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= _LATEST


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """By its name, which may have dots, as URLs do; else by a path of names."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _several(value: Any) -> Iterable[Any]:
    """As a list, or as `scope` has them."""
    if value is None:
        return ()
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list):
        return value
    raise MalformedError("its roles are no list")


def _optional(value: Any) -> str | None:
    return None if value is None else _name(value)


def _name(value: Any) -> str:
    if not is_name(value):
        raise MalformedError("a name in it is no text, or an odd one")
    return value
