"""Tokens that a service signs itself, by its secret."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any
from uuid import uuid4

import jwt

from .settings import SecuritySettings


def signed(
    settings: SecuritySettings,
    subject: str,
    *,
    roles: Collection[str] = (),
    tenant: str | None = None,
    seconds: float,
    token_id: str | None = None,
    issued: float | None = None,
) -> str:
    """As the service takes it. `issued` is in seconds since 1970, by default now."""
    assert settings.secret is not None
    issued = int(time.time()) if issued is None else issued
    claims: dict[str, Any] = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": subject,
        "jti": token_id or str(uuid4()),
        "iat": issued,
        "exp": int(issued + seconds),
    }
    said = {settings.roles_claim: sorted(roles) or None, settings.tenant_claim: tenant}
    claims |= {name: value for name, value in said.items() if value is not None}
    return jwt.encode(claims, settings.secret.get_secret_value(), "HS256")
