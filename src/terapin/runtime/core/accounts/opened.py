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
from .mailing import Mailing, shown, unsent
from .metrics import watched
from .passwords import Hashing
from .settings import AccountsSettings
from .store import AccountStore

logger = logging.getLogger(__name__)


def hindrance(declared: Accounts, settings: Any) -> str | None:
    """Why nobody could log in, where that is so."""
    if settings.security.secret is None:
        names = (settings.variable("security", name) for name in ("secret", "jwks"))
        return "tokens of accounts are signed with {}, and {} leaves no place for it".format(*names)
    if declared.send or settings.environment == "development" or not settings.accounts.verification:
        return None
    variable = settings.variable("accounts", "verification")
    return (
        "nothing sends mails, so that nobody could verify an address and log in: "
        f"give Accounts a `send` in accounts.py, or set {variable}=false"
    )


@asynccontextmanager
async def opened(declared: Accounts, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
    service: ServiceSettings = app.state.settings
    if reason := hindrance(declared, service):
        raise RuntimeError(reason)
    otherwise = shown if service.environment == "development" else unsent
    if declared.send is None and otherwise is unsent:
        logger.warning("nothing sends mails: whoever forgets a password gets no other")
    everything: Any = service
    settings: AccountsSettings = everything.accounts
    security = everything.security
    database = cast(Database, sources.named("database"))
    hashing = Hashing(settings)
    mailing = Mailing(declared.send or otherwise, sources, settings.mail_timeout)
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
