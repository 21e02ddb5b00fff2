"""The tables of accounts. Of what is sent to somebody once, only a digest is kept."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, LargeBinary, String, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from ..database import Base

accounts = Table(
    "auth_accounts",
    Base.metadata,
    # The `sub` of its tokens.
    Column("id", Uuid, primary_key=True),
    # In lower case.
    Column("email", String(320), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("roles", JSONB, nullable=False),
    Column("tenant", String(255)),
    Column("created_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("verified_at", DateTime(timezone=True)),
    Column("disabled_at", DateTime(timezone=True)),
)

# What is used stays until it expires: who uses it again is found out by it.
refresh_tokens = Table(
    "auth_refresh_tokens",
    Base.metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    # All that came of one login.
    Column("family", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    # The `jti` of the access token that was given with it, and when that expires.
    Column("access_id", Uuid, nullable=False),
    Column("access_expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_auth_refresh_tokens_family", "family"),
    Index("ix_auth_refresh_tokens_expires_at", "expires_at"),
)

mail_tokens = Table(
    "auth_mail_tokens",
    Base.metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    # "verify" or "reset".
    Column("purpose", String(8), nullable=False),
    # That of the registration to be verified: of several, the one counts whose mail is followed.
    Column("password_hash", Text),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_auth_mail_tokens_account_id", "account_id"),
    Index("ix_auth_mail_tokens_expires_at", "expires_at"),
)

# Until when a bucket is not full, or a network is known to an account.
limits = Table(
    "auth_limits",
    Base.metadata,
    Column("name", String(255), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("ix_auth_limits_until", "until"),
)
