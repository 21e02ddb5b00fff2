"""What comes with an account, and how it gets its mails: this file is yours."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from .core.accounts.declared import Account, Accounts
from .models import Account as Account_


async def registered(account: Account, session: AsyncSession) -> None:
    """In the transaction that makes the account, whose tokens say its `id` as `sub`: so does its Account."""
    session.add(Account_(id=str(account.id), address=account.email))


# `send=` is a function that sends a Mail. Without one `dev` shows mails in its log, and `serve` does not start.
accounts = Accounts(registered)
