"""The tables of tokens that were revoked, and of keys."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, LargeBinary, String, Table, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from ..database import Base

revoked = Table(
    "revoked_tokens",
    Base.metadata,
    # "token", whose name is its `jti`, or "subject", whose name is its `sub`: all that it was given up to then.
    Column("kind", String(8), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("revoked_at", DateTime(timezone=True), nullable=False),
    # When nothing of it can be good any more.
    Column("until", DateTime(timezone=True), nullable=False),
    Index("ix_revoked_tokens_revoked_at", "revoked_at"),
    Index("ix_revoked_tokens_until", "until"),
)

keys = Table(
    "api_keys",
    Base.metadata,
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("subject", String(255), nullable=False),
    Column("roles", JSONB, nullable=False),
    Column("tenant", String(255)),
    Column("created_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    # When it was made or revoked.
    Column("changed_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Index("ix_api_keys_changed_at", "changed_at"),
)
