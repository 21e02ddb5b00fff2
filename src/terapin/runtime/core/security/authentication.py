"""Finds out in whose name each request comes, before anything that could answer it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send

from ..database import Database
from ..errors import Problem
from ..settings import MissingUrlError, ServiceSettings
from ..sources.manager import Sources
from .api_keys import ApiKeys, is_key
from .limits import Limits
from .revocation import Revocation, revoke
from .settings import SecuritySettings
from .subject import (
    ANONYMOUS,
    KEY,
    KEY_HEADER,
    SUBJECT,
    TOKEN,
    Subject,
    Unauthenticated,
    current,
)
from .tokens import Tokens

_SCHEME = b"bearer"
_KEY_NAME = KEY_HEADER.lower().encode()
_HEADERS = frozenset({b"authorization", _KEY_NAME})


class Security:
    """Of an application. Whoever says nothing is anonymous; whoever says something wrong is refused everywhere."""

    def __init__(self, settings: SecuritySettings) -> None:
        self.settings = settings
        self.tokens = Tokens(settings)
        self._revocation: Revocation | None = None
        self._keys: ApiKeys | None = None
        self._limits: Limits | None = None
        # Called when tokens or keys may have been revoked: by them, whoever holds connections checks these again.
        self.listeners: list[Callable[[], None]] = []

    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        settings: ServiceSettings = app.state.settings
        if missing := self.settings.missing():
            raise MissingUrlError(*(settings.variable("security", name) for name in missing))
        app.state.security = self
        if self.settings.rate_limit or self.settings.anonymous_rate_limit:
            self._limits = Limits(self.settings, settings.variable("rate").lower(), sources)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.tokens.running())
            database = sources.named("database")
            if isinstance(database, Database):
                self._revocation = Revocation(database, self._changed)
                self._keys = ApiKeys(database, self._changed)
                for each in (self._revocation, self._keys):
                    await stack.enter_async_context(each.running())
            yield

    def _changed(self) -> None:
        for listener in self.listeners:
            listener()

    def around(self, app: ASGIApp) -> ASGIApp:
        return Authentication(app, self)

    async def admitted(self, scope: Scope) -> Subject:
        """As `subject`, and raises TooManyRequests."""
        if self._limits is None:
            return await self.subject(scope)
        try:
            subject = await self.subject(scope)
        except Unauthenticated:
            await self._limits.check(ANONYMOUS, scope)
            raise
        await self._limits.check(subject, scope)
        return subject

    async def subject(self, scope: Scope) -> Subject:
        """Raises Unauthenticated and Unavailable."""
        given = [each for each in scope["headers"] if each[0] in _HEADERS]
        if not given:
            return ANONYMOUS
        [(name, value), *others] = given
        if others:
            raise Unauthenticated
        if name == _KEY_NAME:
            return self._of_key(value)
        scheme, _, token = value.partition(b" ")
        if scheme.lower() != _SCHEME:
            raise Unauthenticated
        return await self.verified(token.strip(b" "))

    async def verified(self, token: bytes) -> Subject:
        """Of a token or a key, by whatever way it came. Raises Unauthenticated and Unavailable."""
        if is_key(token):
            return self._of_key(token)
        subject = await self.tokens.subject(token)
        if self._revocation is not None:
            self._revocation.check(subject)
        return subject

    def check(self, subject: Subject) -> None:
        """Whether one that was verified is still good. Raises Unauthenticated and Unavailable."""
        if subject.expires is not None and subject.expires <= time.time():
            raise Unauthenticated("the token has expired")
        known = self._keys if subject.kind == "key" else self._revocation
        if known is not None and not subject.is_anonymous:
            known.check(subject)

    @contextmanager
    def acting(self, subject: Subject) -> Iterator[None]:
        """Inside, it is the current subject."""
        before = current.set(subject)
        try:
            yield
        finally:
            current.reset(before)

    def packed(self, subject: Subject) -> bytes:
        """For another process, which takes it as it is: nothing is signed."""
        content = {name: getattr(subject, name) for name in subject.__slots__}
        return orjson.dumps(
            {**content, "roles": sorted(subject.roles), "claims": dict(subject.claims)}
        )

    def unpacked(self, packed: bytes) -> Subject:
        """Raises Unauthenticated and Unavailable."""
        content = orjson.loads(packed)
        roles, claims = frozenset(content["roles"]), MappingProxyType(content["claims"])
        subject = Subject(**{**content, "roles": roles, "claims": claims})
        self.check(subject)
        return subject

    def _of_key(self, key: bytes) -> Subject:
        if self._keys is None:
            raise Unauthenticated
        return self._keys.subject(key)

    async def revoke_token(self, session: AsyncSession, token_id: str) -> None:
        """The one of this `jti`, in all processes, once the session commits."""
        await revoke(session, self.settings, "token", token_id)

    async def revoke_subject(self, session: AsyncSession, subject_id: str) -> None:
        """All tokens that it was given up to now."""
        await revoke(session, self.settings, "subject", subject_id)

    def describe(self, document: dict[str, Any]) -> None:
        """In OpenAPI: a token may be sent with any request."""
        schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes[TOKEN] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        schemes[KEY] = {"type": "apiKey", "in": "header", "name": KEY_HEADER}
        document["security"] = [{}, {TOKEN: []}, {KEY: []}]


class Authentication:
    def __init__(self, app: ASGIApp, security: Security) -> None:
        self.app = app
        self._security = security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            subject = await self._security.admitted(scope)
        except Problem as refusal:
            if scope["type"] == "http":
                raise
            await refusal.response()(scope, receive, send)
            return
        scope[SUBJECT] = subject
        with self._security.acting(subject):
            await self.app(scope, receive, send)
