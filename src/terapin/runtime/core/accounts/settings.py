"""What there is to set of accounts."""

from __future__ import annotations

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    field_validator,
)

from ..security.settings import Rate

_HOUR = 3600.0
_DAY = 24 * _HOUR


class AccountsSettings(BaseModel):
    """Times are in seconds."""

    model_config = ConfigDict(extra="ignore")

    verification: bool = Field(
        default=True, description="Whether nobody logs in before the address is verified"
    )
    access_ttl: float = Field(default=900.0, ge=1, description="Of an access token")
    refresh_ttl: PositiveFloat = Field(default=30 * _DAY, description="Of a refresh token")
    refresh_grace: NonNegativeFloat = Field(
        default=10.0, le=60, description="In which a refresh token may be used again"
    )
    verify_ttl: PositiveFloat = Field(default=_DAY, description="Of what verifies an address")
    reset_ttl: PositiveFloat = Field(default=_HOUR, description="Of what resets a password")
    shortest_password: int = Field(default=8, ge=8, le=64, description="In characters")
    login_rate: str = Field(
        default="20/h", description="Of logins to an account that fail, from where it is not known"
    )
    address_rate: str = Field(
        default="100/h", description="Of logins that fail, and of mails, of a network"
    )
    mail_rate: str = Field(default="5/h", description="Of mails to an address")
    mail_timeout: PositiveFloat = Field(default=30.0, description="To send one")
    hash_memory: int = Field(default=19 * 1024, ge=19 * 1024, description="Of Argon2, in KiB")
    hash_time: PositiveInt = Field(default=2, description="Of Argon2, in passes")
    hash_parallelism: PositiveInt = Field(default=1, description="Of Argon2, in lanes")
    hash_threads: PositiveInt = Field(default=2, description="In which passwords are hashed")
    hash_queue: int = Field(default=32, ge=0, description="As many may wait for one of them")

    @field_validator("login_rate", "address_rate", "mail_rate")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        if Rate.parse(value) is None:
            raise ValueError("must be as 10/s, 600/m or 10000/h")
        return value
