"""The blog that keeps accounts of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from terapin.runtime.core.accounts.declared import Account, Accounts, Mail
from terapin.runtime.core.accounts.endpoint import install_accounts
from terapin.runtime.core.accounts.settings import AccountsSettings
from terapin.runtime.core.accounts.table import accounts, limits, mail_tokens, refresh_tokens
from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.database import Database
from terapin.runtime.core.routing import include
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.subject import AuthenticatedSubject
from terapin.runtime.core.security.table import keys, revoked
from terapin.runtime.core.settings import RedisSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.redis import Redis

from ..blog.endpoints import resources, routers
from ..blog.models import User
from ..blog.settings import Settings
from ..blog.sources import database
from ..harness import Json
from ..security.guarded import GuardedSettings, security

PASSWORD = "a long walk by the sea"
OTHER = "another walk in the hills"
TABLES = (accounts, refresh_tokens, mail_tokens, limits)
store = Declared("store", Redis)


class KeptSettings(GuardedSettings):
    accounts: AccountsSettings = AccountsSettings()
    store: RedisSettings = RedisSettings()


async def registered(account: Account, session: AsyncSession) -> None:
    name = re.sub(r"\W", "_", account.email.partition("@")[0])
    session.add(User(id=account.id, email=account.email, username=name, password_hash=""))


@dataclass
class Post:
    """What is sent, and what somebody waits for."""

    mails: asyncio.Queue[Mail] = field(default_factory=asyncio.Queue)

    async def send(self, mail: Mail) -> None:
        self.mails.put_nowait(mail)

    async def next(self) -> Mail:
        return await asyncio.wait_for(self.mails.get(), 20)


def keeping_blog(settings: KeptSettings, declared: Accounts) -> FastAPI:
    guard = Security(settings.security)
    sources = (database, store) if settings.store.url else (database,)
    app = FastAPI(
        title="Blog", lifespan=lifespan(settings, sources, security=guard, accounts=declared)
    )
    install(app, settings, resources, guard)
    include(app, routers)
    install_accounts(app)

    @app.get("/me")
    async def me(subject: AuthenticatedSubject) -> Json:
        return {"id": subject.id, "roles": sorted(subject.roles), "tenant": subject.tenant}

    return app


@dataclass
class Service:
    app: FastAPI
    client: httpx.AsyncClient
    post: Post

    async def send(self, path: str, status: int, access: str | None = None, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {access}"} if access else {}
        answer = await self.client.post(f"/auth/{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return answer.json() if answer.content else None

    async def join(self, email: str = "ada@example.org", password: str = PASSWORD) -> Json:
        """An account that is verified, and logged in."""
        await self.send("register", 202, email=email, password=password)
        mail = await self.post.next()
        await self.send("verify", 204, token=mail.token)
        return await self.login(email, password)

    async def login(self, email: str = "ada@example.org", password: str = PASSWORD) -> Json:
        answer: Json = await self.send("login", 200, email=email, password=password)
        return answer

    async def me(self, tokens: Mapping[str, Any]) -> httpx.Response:
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        return await self.client.get("/me", headers=headers)

    async def is_refused(self, tokens: Mapping[str, Any]) -> None:
        """Soon."""
        for _ in range(1000):
            if (await self.me(tokens)).status_code == 401:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it is still good")


def kept_settings(settings: Settings, **others: Any) -> KeptSettings:
    named: Json = {name: others.pop(name) for name in ("store", "environment") if name in others}
    return KeptSettings(
        **{
            **settings.model_dump(),
            "security": security(),
            "accounts": AccountsSettings(**others),
            **named,
        }
    )


@asynccontextmanager
async def keeping(
    settings: Settings, post: Post | None = None, **others: Any
) -> AsyncIterator[Service]:
    """`others` are settings of accounts."""
    post = post or Post()
    app = keeping_blog(kept_settings(settings, **others), Accounts(registered, post.send))
    await with_tables(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://blog.test") as client,
    ):
        yield Service(app, client, post)


async def with_tables(settings: Settings) -> None:
    """Which the migrations of the blog do not make."""
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    async with engine.begin() as connection:
        for table in (revoked, keys, *TABLES):
            await connection.run_sync(table.create, checkfirst=True)
    await engine.dispose()


async def execute(service: Service, statement: str, **values: Any) -> None:
    database: Database = service.app.state.sources.named("database")
    async with database.session() as session:
        await session.execute(text(statement), values)


async def value(service: Service, statement: str) -> Any:
    database: Database = service.app.state.sources.named("database")
    async with database.session() as session:
        return await session.scalar(text(statement))
