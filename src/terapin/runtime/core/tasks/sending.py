"""Sending tasks: rows in the sender's transaction, so that a task exists exactly if what it is about does."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..canonical import digest
from ..database import after_commit, current_session, session_of
from ..sources.manager import current_sources, sources_of
from .relays import relay_of
from .table import CHANNEL, State, runs

# When, or how long after it is sent; at once, if nothing is said.
Due = dt.datetime | dt.timedelta | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A run; not `is_new` if the same was sent a little before (see `Task.unique_for`)."""

    id: UUID
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """A task, by its name, with its parameters, not sent yet. `sender` is whose run it is, where it is somebody's."""

    task: str
    parameters: BaseModel
    due: Due = None
    unique_for: float | None = None
    sender: str | None = None

    async def enqueue(self) -> Sent:
        async with _transaction() as session:
            return await self.enqueue_in(session)

    async def enqueue_in(self, session: AsyncSession) -> Sent:
        """In the transaction of this session."""
        if self.unique_for is None:
            return await _insert(session, _Row(self))
        return await _insert_unique(session, self)

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.parameters.model_dump(mode="json", by_alias=True)
        return content


@dataclass(frozen=True, slots=True)
class Chain:
    calls: Sequence[Call]

    async def enqueue(self) -> list[Sent]:
        rows: list[_Row] = []
        for call in reversed(self.calls):
            rows.insert(0, _Row(call, then=rows[0].id if rows else None, awaits=1))
        if rows:
            rows[0].awaits = 0
        return await _insert_all(rows)


@dataclass(frozen=True, slots=True)
class Group:
    calls: Sequence[Call]
    then: Call | None = None

    async def enqueue(self) -> list[Sent]:
        """What comes then is the last of them."""
        if self.then is None:
            return await _insert_all([_Row(call) for call in self.calls])
        last = _Row(self.then, awaits=len(self.calls))
        return await _insert_all([*(_Row(call, then=last.id) for call in self.calls), last])


def chain(*calls: Call) -> Chain:
    """Each is run once the one before has succeeded. All are sent at once, whatever is `unique_for` a while."""
    return Chain(calls)


def group(*calls: Call, then: Call | None = None) -> Group:
    """All are run at the same time; `then` once all have succeeded."""
    return Group(calls, then)


class _Row:
    def __init__(self, call: Call, *, then: UUID | None = None, awaits: int = 0) -> None:
        self.id = uuid4()
        self.call = call
        self.then = then
        self.awaits = awaits

    def values(self) -> dict[str, Any]:
        due: Any = self.call.due
        if not isinstance(due, dt.datetime):
            due = func.now() if due is None else func.now() + due
        return {
            "id": self.id,
            "name": self.call.task,
            "parameters": self.call.content,
            "state": State.WAITING,
            "awaits": self.awaits,
            "then_id": self.then,
            "sender": self.call.sender,
            "due_at": due,
            "next_at": None if self.awaits else due,
        }


@asynccontextmanager
async def _transaction() -> AsyncIterator[AsyncSession]:
    if session := current_session():
        yield session
        return
    async with session_of(current_sources()) as session:
        yield session


async def _insert(session: AsyncSession, row: _Row, **others: Any) -> Sent:
    await session.execute(insert(runs).values({**row.values(), **others}))
    if row.call.due is None:
        await _call_relay(session)
    return Sent(row.id)


async def _insert_all(rows: Sequence[_Row]) -> list[Sent]:
    async with _transaction() as session:
        return [await _insert(session, row) for row in rows]


async def _insert_unique(session: AsyncSession, call: Call) -> Sent:
    """Of two that send the same at the same time, one waits for the end of the other's transaction."""
    key = digest([call.task, call.content, call.sender])
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    since = func.now() - dt.timedelta(seconds=call.unique_for or 0)
    earlier = select(runs.c.id).where(
        runs.c.unique_key == key,
        runs.c.created_at > since,
        runs.c.state.not_in([State.CANCELLED, State.DEAD, State.FAILED]),
    )
    found = (await session.scalars(earlier.limit(1))).first()
    if found is not None:
        return Sent(found, is_new=False)
    return await _insert(session, _Row(call), unique_key=key)


async def _call_relay(session: AsyncSession) -> None:
    """Once a transaction."""
    if session.info.get("calls_relay"):
        return
    session.info["calls_relay"] = True
    if relay := relay_of(sources_of(session)):
        after_commit(session, relay.call)
    else:
        await session.execute(select(func.pg_notify(CHANNEL, "")))
