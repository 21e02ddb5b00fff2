"""What comes with an account, and how it gets its mails: this file is yours."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from .core.accounts.declared import Account, Accounts, Mail
from .mail import MailSettings, deliver, letter
from .models.user import User

_MAILS = {
    "verify": ("Your address", "This shows that the address is yours, at POST /auth/verify:"),
    "reset": ("Your password", "This sets another password, at POST /auth/password/reset:"),
    "registered": ("Your account", "You have an account already."),
}


async def registered(account: Account, session: AsyncSession) -> None:
    """In the transaction that makes the account, whose tokens say its `id` as `sub`: so does its User."""
    session.add(User(id=account.id, email=account.email, username=_username(account)))


def _username(account: Account) -> str:
    """One that nobody has; it can be changed."""
    name = re.sub(r"[^a-z0-9]+", "_", account.email.partition("@")[0].lower())
    return f"{name[:20]}_{account.id.hex[:8]}"


async def send(mail: Mail) -> None:
    settings = MailSettings()
    subject, text = _MAILS[mail.purpose]
    body = f"{text}\n\n{mail.token}\n" if mail.token else f"{text}\n"
    message = letter(str(uuid4()), settings.sender, mail.to, subject, body)
    await asyncio.to_thread(deliver, message, settings)


accounts = Accounts(registered, send)
