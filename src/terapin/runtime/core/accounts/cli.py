"""`NAME accounts`: the first of them, which lets others in, has to come from somewhere."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import click
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import wire
from ..database import session_of
from ..errors import Problem
from ..security.cli import name
from ..security.revocation import revoke
from ..sources.declared import Declared
from ..sources.manager import Sources
from ..stores import told_of_database
from . import rows
from .declared import Accounts
from .passwords import Hashing, check_password
from .rows import Row
from .table import accounts as table

T = TypeVar("T")

_EMAIL: TypeAdapter[str] = TypeAdapter(wire.Email)


class Service(Protocol):
    @property
    def accounts(self) -> Accounts: ...

    @property
    def sources(self) -> Sequence[Declared[Any]]: ...

    def running(self, only: Collection[str] | None = None) -> AbstractContextManager[Any]:
        """Its settings, with servers for development where sources of these names have none."""


def email(text: str) -> str:
    try:
        return _EMAIL.validate_python(text)
    except ValidationError:
        raise click.BadParameter("must be an e-mail address") from None


_email = click.argument("email_", metavar="EMAIL", type=email)


def add_commands(
    main: click.Group, service: Service, told: Callable[[], AbstractContextManager[None]]
) -> None:
    """`told` makes lines of errors that a user can mend."""

    @main.group("accounts")
    def group() -> None:
        """Who can log in."""

    def done(work: Callable[[AsyncSession, Any], Awaitable[T]]) -> T:
        """In one transaction."""
        with told(), service.running([each.name for each in service.sources]) as settings:
            return _done(service, settings, work)

    def done_with(address: str, work: Callable[[AsyncSession, Any, Row], Awaitable[None]]) -> None:
        async def found(session: AsyncSession, settings: Any) -> None:
            row = await rows.by_email(session, address)
            row = row and await rows.locked(session, row.id)
            if row is None:
                raise click.ClickException(f"there is no account of {address}")
            await work(session, settings, row)

        done(found)

    @group.command("create")
    @_email
    @click.option("--role", "roles", type=name, multiple=True, help="May be repeated.")
    @click.option("--tenant", type=name, help="What it belongs to.")
    def create_(email_: str, roles: tuple[str, ...], tenant: str | None) -> None:
        """Make an account whose address counts as verified.

        The password is asked for, or read from the standard input.
        """
        password = _password()

        async def work(session: AsyncSession, settings: Any) -> None:
            shortest = settings.accounts.shortest_password
            check_password(password, shortest, email_, "password")
            hash_ = await Hashing(settings.accounts).hash(password)
            row = await rows.added(
                session, email_, hash_, roles=roles, tenant=tenant, is_verified=True
            )
            if row is None:
                raise click.ClickException(f"there is an account of {email_}")
            await service.accounts.registered(rows.account_of(row), session)
            click.echo(row.id)

        done(work)

    @group.command("list")
    def list_() -> None:
        """Show all."""
        for row in done(_listed):
            states = ("verified" if row.verified_at else "", "disabled" if row.disabled_at else "")
            state = ",".join(filter(None, states)) or "-"
            told_of = [str(row.id), row.email, ",".join(row.roles) or "-", row.tenant or "-", state]
            click.echo("  ".join([*told_of, f"{row.created_at:%Y-%m-%d}"]))

    @group.command()
    @_email
    def disable(email_: str) -> None:
        """Let nobody log in to an account, and end what is logged in."""

        async def work(session: AsyncSession, settings: Any, row: Row) -> None:
            await rows.changed(session, row.id, disabled_at=func.now())
            await revoke(session, settings.security, "subject", str(row.id))

        done_with(email_, work)

    @group.command()
    @_email
    def enable(email_: str) -> None:
        """Let somebody log in again."""

        async def work(session: AsyncSession, _: Any, row: Row) -> None:
            await rows.changed(session, row.id, disabled_at=None)

        done_with(email_, work)

    @group.command()
    @_email
    @click.option("--add", type=name, multiple=True, help="One more; may be repeated.")
    @click.option("--remove", type=name, multiple=True, help="One less; may be repeated.")
    def role(email_: str, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
        """Change and show the roles of an account.

        Its next tokens say them. If one is removed, it has to log in again.
        """

        async def work(session: AsyncSession, settings: Any, row: Row) -> None:
            roles = {*row.roles, *add} - {*remove}
            await rows.changed(session, row.id, roles=sorted(roles))
            if not roles.issuperset(row.roles):
                await revoke(session, settings.security, "subject", str(row.id))
            click.echo(" ".join(sorted(roles)) or "-")

        done_with(email_, work)


def _password() -> str:
    """It stands in no list of processes, and in no history."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


async def _listed(session: AsyncSession, _: Any) -> Sequence[Row]:
    return (await session.execute(select(table).order_by(table.c.created_at))).all()


def _done(service: Service, settings: Any, work: Callable[[AsyncSession, Any], Awaitable[T]]) -> T:
    async def done() -> T:
        async with Sources(service.sources, settings, application="accounts") as sources:
            with sources.current():
                async with session_of(sources) as session:
                    return await work(session, settings)

    try:
        with told_of_database():
            return asyncio.run(done())
    except Problem as problem:
        faults = [f"the {fault.pointer} {fault.detail}" for fault in problem.faults]
        raise click.ClickException("; ".join(faults) or str(problem.detail)) from None
