"""The blog that asks who is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI, WebSocket
from pydantic import SecretStr
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.graphql.endpoint import install_graphql
from terapin.runtime.core.routing import include
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.settings import SecuritySettings
from terapin.runtime.core.security.subject import (
    AuthenticatedSubject,
    CurrentSubject,
    current_subject,
)
from terapin.runtime.core.security.table import keys, revoked

from ..blog.endpoints import resources, routers
from ..blog.graphql import schema
from ..blog.settings import Settings
from ..blog.sources import database
from ..harness import Api, Json
from .issuer import AUDIENCE, ISSUER, SECRET


class GuardedSettings(Settings):
    security: SecuritySettings = SecuritySettings(issuer=ISSUER, audience=AUDIENCE)


def security(**others: Any) -> SecuritySettings:
    """By a secret, unless there is a jwks."""
    keys: Json = {} if "jwks" in others else {"secret": SecretStr(SECRET)}
    return SecuritySettings(**{"issuer": ISSUER, "audience": AUDIENCE, **keys, **others})


def guarded_blog(settings: GuardedSettings) -> FastAPI:
    guard = Security(settings.security)
    app = FastAPI(title="Blog", lifespan=lifespan(settings, (database,), security=guard))
    install(app, settings, resources, guard)
    include(app, routers)
    install_graphql(app, schema)

    @app.get("/me")
    async def me(subject: CurrentSubject) -> Json:
        assert subject == current_subject()
        return _shown(subject)

    @app.get("/mine")
    async def mine(subject: AuthenticatedSubject) -> Json:
        return _shown(subject)

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_json({"id": current_subject().id})
        await socket.close()

    return app


def _shown(subject: Any) -> Json:
    return {
        "id": subject.id,
        "kind": subject.kind,
        "roles": sorted(subject.roles),
        "tenant": subject.tenant,
    }


@asynccontextmanager
async def guarded(
    settings: Settings, wanted: SecuritySettings, *, fast_path: bool = True
) -> AsyncIterator[Api]:
    app = guarded_blog(
        GuardedSettings(**{**settings.model_dump(), "security": wanted, "fast_path": fast_path})
    )
    await with_table(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://blog.test"
        ) as client,
    ):
        yield Api(app, client)


async def with_table(settings: Settings) -> None:
    """Which the migrations of the blog do not make: it asks nobody by itself."""
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    async with engine.begin() as connection:
        for table in (revoked, keys):
            await connection.run_sync(table.create, checkfirst=True)
    await engine.dispose()


def bearer(token: bytes) -> dict[str, str]:
    return {"authorization": f"Bearer {token.decode()}"}
