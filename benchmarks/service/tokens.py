"""Tokens of users, as an identity provider makes them, signed with a secret that it shares with the service."""

from __future__ import annotations

import time
from uuid import UUID

import jwt

ISSUER = "https://id.example.org/"
AUDIENCE = "journal"
SECRET = "known to whoever measures, and to the services that are measured"  # noqa: S105
_SECONDS = 86_400


def token(user: UUID) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user),
        "iat": now,
        "exp": now + _SECONDS,
        "roles": ["author"],
    }
    return jwt.encode(claims, SECRET, "HS256")
