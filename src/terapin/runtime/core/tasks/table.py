"""The table of runs: one row for each task that was sent, written in the transaction of whoever sends it.

It is outbox, idempotency table and record at once. `next_at` is when the relay is to look at a row: when a run is
due, when a message that nobody took is to be sent again, and when a run is taken for lost.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, DateTime, Index, Integer, String, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from ..database import Base


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        return self not in (State.WAITING, State.RUNNING)


runs = Table(
    "task_runs",
    Base.metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("state", String(16), nullable=False),
    # Begun, the one that is running included.
    Column("attempts", Integer, server_default="0", nullable=False),
    # Messages since it was last due.
    Column("messages", Integer, server_default="0", nullable=False),
    # Runs that have to succeed before it, and the one that waits for it.
    Column("awaits", Integer, server_default="0", nullable=False),
    Column("then_id", Uuid),
    Column("unique_key", String(64)),
    # The principal who sent it by HTTP, if it is known.
    Column("sender", String(255)),
    Column("worker", String(255)),
    Column("error", Text),
    # What its steps gave (see `Run.once`).
    Column("steps", JSONB, server_default=text("'{}'::jsonb"), nullable=False),
    Column("created_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("due_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("next_at", DateTime(timezone=True)),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_task_runs_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    Index("ix_task_runs_state_ended_at", "state", "ended_at"),
    Index("ix_task_runs_name_started_at", "name", "started_at"),
    Index(
        "ix_task_runs_unique_key_created_at",
        "unique_key",
        "created_at",
        postgresql_where=text("unique_key IS NOT NULL"),
    ),
)

# Told to relays in other processes when something is due; statements spell it out.
CHANNEL = "task_runs"
