"""`NAME tokens`: for those who develop, and for services that share the secret; `NAME keys`: those of machines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import Database
from ..errors import Unavailable
from ..sources.declared import Declared
from ..sources.manager import Sources
from ..stores import told_of_database
from .api_keys import create, revoke_key
from .issuing import signed
from .revocation import Kind, revoke
from .settings import SecuritySettings
from .subject import LONGEST_NAME, is_name
from .table import keys

T = TypeVar("T")

_DATABASE = ("database",)


def name(text: str) -> str:
    """As tokens may have it, so that what is revoked or kept is what can come."""
    if not is_name(text):
        raise click.BadParameter(f"must be 1 to {LONGEST_NAME} printable characters")
    return text


class Service(Protocol):
    package: str

    def signing(self) -> Any:
        """Its settings, with a secret for development if it has none."""

    def running(self, only: Collection[str] | None = None) -> AbstractContextManager[Any]:
        """Its settings, with servers for development where sources of these names have none."""

    @property
    def sources(self) -> Sequence[Declared[Any]]: ...


def add_commands(
    main: click.Group, service: Service, told: Callable[[], AbstractContextManager[None]]
) -> None:
    """`told` makes lines of errors that a user can mend."""

    @main.group()
    def tokens() -> None:
        """Issue tokens, where they are signed by a secret of this service, and revoke them."""

    @tokens.command()
    @click.option("--subject", type=name, required=True, help="Whose it is.")
    @click.option(
        "--role", "roles", type=name, multiple=True, help="What they are; may be repeated."
    )
    @click.option("--tenant", type=name, help="What they belong to.")
    @click.option(
        "--seconds", type=click.IntRange(1), default=3600, show_default=True, help="It is good for."
    )
    def issue(subject: str, roles: tuple[str, ...], tenant: str | None, seconds: int) -> None:
        """Show a token, as `curl -H "Authorization: Bearer $(...)"` takes it."""
        with told():
            settings: SecuritySettings = service.signing().security
            if settings.secret is None:
                raise click.ClickException(f"tokens are issued by {settings.issuer}, not here")
            if seconds > settings.longest:
                raise click.ClickException(f"none is taken that is good for {seconds} s")
            click.echo(signed(settings, subject, roles=roles, tenant=tenant, seconds=seconds))

    @tokens.command("revoke")
    @click.option("--subject", type=name, help="All tokens that it was given up to now.")
    @click.option("--token", metavar="JTI", type=name, help="The one of this id.")
    def revoke_(subject: str | None, token: str | None) -> None:
        """Have tokens refused that are not over yet, by all processes."""
        named = subject or token
        if named is None or (subject and token):
            raise click.UsageError("say either --subject or --token")
        kind: Kind = "subject" if subject else "token"
        with told(), service.running(_DATABASE) as settings:
            _do(service, settings, lambda session: revoke(session, settings.security, kind, named))

    @main.group("keys")
    def keys_group() -> None:
        """Keys of machines: they are sent as `X-API-Key`, or as tokens are."""

    @keys_group.command("create")
    @click.option("--subject", type=name, required=True, help="What it is for.")
    @click.option("--role", "roles", type=name, multiple=True, help="What it is; may be repeated.")
    @click.option("--tenant", type=name, help="What it belongs to.")
    @click.option("--days", type=click.FloatRange(0, min_open=True), help="It is good for.")
    def create_(
        subject: str, roles: tuple[str, ...], tenant: str | None, days: float | None
    ) -> None:
        """Show a new key, once: only its digest is kept."""
        seconds = None if days is None else days * 86_400
        prefix = service.package.rpartition(".")[2]
        with told(), service.running(_DATABASE) as settings:
            key = _do(
                service,
                settings,
                lambda session: create(
                    session, prefix, subject, roles=roles, tenant=tenant, seconds=seconds
                ),
            )
        click.echo(key)

    @keys_group.command("list")
    def list_() -> None:
        """Show those that are not revoked."""
        with told(), service.running(_DATABASE) as settings:
            for row in _do(service, settings, _listed):
                moments = (f"{each:%Y-%m-%d}" if each else "-" for each in row[3:])
                told_of = [str(row.id), row.subject, ",".join(row.roles) or "-", *moments]
                click.echo("  ".join(told_of))

    @keys_group.command("revoke")
    @click.argument("id_", metavar="ID", type=click.UUID)
    def revoke_key_(id_: UUID) -> None:
        """Have a key refused by all processes."""
        with told(), service.running(_DATABASE) as settings:
            if not _do(service, settings, lambda session: revoke_key(session, id_)):
                raise click.ClickException(f"there is no key {id_}, or it is revoked")


async def _listed(session: AsyncSession) -> Sequence[Any]:
    columns = (
        keys.c[name]
        for name in ("id", "subject", "roles", "created_at", "expires_at", "last_used_at")
    )
    shown = select(*columns).where(keys.c.revoked_at.is_(None)).order_by(keys.c.created_at)
    return (await session.execute(shown)).all()


def _do(service: Service, settings: Any, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """In one transaction."""
    if not any(each.name == "database" for each in service.sources):
        raise click.ClickException("that is kept in PostgreSQL, and this service has none")

    async def done() -> T:
        declared = [Declared("database", Database)]
        async with (
            Sources(declared, settings, application="tokens") as sources,
            cast(Database, sources.named("database")).session() as session,
        ):
            return await work(session)

    try:
        with told_of_database():
            return asyncio.run(done())
    except Unavailable as error:
        raise click.ClickException(str(error.detail)) from None
