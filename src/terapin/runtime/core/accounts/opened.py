"""The accounts of an application while it runs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

from fastapi import FastAPI

from ..database import Database
from ..settings import ServiceSettings
from ..sources.manager import Sources
from .attempts import Attempts
from .declared import Accounts
from .mailing import Mailing
from .metrics import watched
from .passwords import Hashing
from .settings import AccountsSettings
from .store import AccountStore

logger = logging.getLogger(__name__)


class NothingSendsError(Exception):
    """Nobody could verify an address."""

    def __init__(self, variable: str) -> None:
        super().__init__(
            "nothing sends mails, so that nobody could verify an address and log in: "
            f"give `Accounts` in accounts.py a `send`, or set {variable}=false"
        )


def check_sending(declared: Accounts, settings: Any) -> None:
    """Raises NothingSendsError in production, if it matters, and warns if it does not."""
    if declared.send is not None or settings.environment == "development":
        return
    if settings.accounts.verification:
        raise NothingSendsError(settings.variable("accounts", "verification"))
    logger.warning("nothing sends mails: who forgets a password gets no other")


@asynccontextmanager
async def opened(declared: Accounts, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
    service: ServiceSettings = app.state.settings
    check_sending(declared, service)
    everything: Any = service
    settings: AccountsSettings = everything.accounts
    security = everything.security
    database = cast(Database, sources.named("database"))
    hashing = Hashing(settings)
    mailing = Mailing(declared.send, sources, settings.mail_timeout)
    attempts = Attempts(
        settings,
        security.secret.get_secret_value(),
        service.variable("accounts").lower(),
        sources,
        database,
    )
    store = AccountStore(
        declared, settings, security, sources, database, hashing, attempts, mailing
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(hashing.running())
        await stack.enter_async_context(mailing.running())
        stack.enter_context(watched(app.state.metrics, store.counts, mailing))
        app.state.accounts = store
        yield
