"""Whose tokens a service takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    SecretStr,
    field_validator,
    model_validator,
)

Algorithm = Literal["HS256", "RS256", "ES256"]

_RATE = re.compile(r"([1-9][0-9]{0,5})/([smh])")
_UNITS = {"s": 1, "m": 60, "h": 3600}
_SHORTEST_SECRET = 32
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Rate:
    """As many at once as are said, and then each of them after its part of the time."""

    number: int
    seconds: int

    @classmethod
    def parse(cls, text: str | None) -> Rate | None:
        """`600/m`. Raises ValueError."""
        if not text:
            return None
        match = _RATE.fullmatch(text)
        if match is None:
            raise ValueError("must be as 10/s, 600/m or 10000/h")
        return cls(int(match[1]), _UNITS[match[2]])

    @property
    def interval(self) -> int:
        """Between two of them, in microseconds."""
        return self.seconds * 1_000_000 // self.number

    @property
    def all(self) -> int:
        """For which all of them are there, in microseconds."""
        return self.interval * self.number


class SecuritySettings(BaseModel):
    """Times are in seconds. Keys are a secret, or what an identity provider publishes at `jwks`."""

    model_config = ConfigDict(extra="ignore")

    issuer: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    jwks: str | None = Field(default=None, description="Where the issuer publishes its keys")
    secret: SecretStr | None = Field(default=None, description="Of HS256, where there is no jwks")
    algorithms: tuple[Algorithm, ...] = Field(
        default=(), description="By default RS256 and ES256 with jwks, else HS256"
    )
    roles_claim: str = Field(default="roles", description="A name, or a path with dots")
    tenant_claim: str = Field(default="tenant", description="A name, or a path with dots")
    leeway: NonNegativeFloat = Field(default=10.0, le=300, description="By which clocks may differ")
    longest: PositiveFloat = Field(
        default=366 * _DAY, description="The longest time that a token may still be valid"
    )
    rate_limit: str | None = Field(
        default=None, description="Of the requests of a subject, as `600/m`; none by default"
    )
    anonymous_rate_limit: str | None = Field(
        default=None, description="Of those of an address without a good token; by default the same"
    )
    jwks_refresh: PositiveFloat = Field(default=300.0, description="Between two looks at the keys")
    jwks_pause: PositiveFloat = Field(
        default=5.0, description="The shortest time between two, however many tokens want one"
    )
    jwks_timeout: PositiveFloat = Field(default=3.0, description="One look at the keys")
    jwks_stale: PositiveFloat = Field(
        default=_DAY, description="For how long keys hold if the issuer does not answer"
    )

    @field_validator("jwks")
    @classmethod
    def _is_safe(cls, value: str | None) -> str | None:
        if not value:
            return None
        if not is_safe(value):
            raise ValueError("must be an https:// URL, or one of this machine")
        return value

    @field_validator("secret")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not (secret := value.get_secret_value()):
            return None
        if len(secret.encode()) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} bytes")
        if secret.lstrip().startswith(("-----BEGIN", "ssh-")):
            raise ValueError("must be no public or private key, but random")
        return value

    @field_validator("rate_limit", "anonymous_rate_limit")
    @classmethod
    def _is_rate(cls, value: str | None) -> str | None:
        Rate.parse(value)
        return value or None

    @model_validator(mode="after")
    def _fits(self) -> SecuritySettings:
        if self.jwks and "HS256" in self.algorithms:
            raise ValueError("algorithms has HS256, whose key is a secret and not in any jwks")
        if not self.jwks and set(self.algorithms) - {"HS256"}:
            raise ValueError("algorithms has what needs public keys, but jwks is not set")
        return self

    @property
    def allowed(self) -> tuple[Algorithm, ...]:
        return self.algorithms or (("RS256", "ES256") if self.jwks else ("HS256",))

    def missing(self) -> list[str]:
        """The names of what is not set."""
        return [] if self.jwks or self.secret else ["secret"]


def is_safe(url: str) -> bool:
    """Whether nobody between here and there can give other keys."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname
    if not host or parts.username is not None or parts.fragment or not url.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
