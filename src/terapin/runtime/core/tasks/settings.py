"""The settings of background tasks."""

from __future__ import annotations

import re
from typing import ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    field_validator,
)

# By which a message is not taken for lost while its task may still run, in seconds.
_MARGIN = 60.0


class TaskSettings(BaseModel):
    """Times are in seconds."""

    model_config = ConfigDict(extra="ignore")

    brokers: ClassVar[tuple[str, ...]] = ("amqp", "amqps", "redis", "rediss", "valkey", "valkeys")
    stores: ClassVar[tuple[str, ...]] = ("redis", "rediss", "valkey", "valkeys")

    broker_url: SecretStr | None = Field(
        default=None, description="RabbitMQ (amqp://), or Redis or Valkey (redis://)"
    )
    results_url: SecretStr | None = Field(
        default=None, description="Redis or Valkey, for results and progress"
    )
    relay: bool = Field(
        default=True, description="Whether each process of the API publishes what is due"
    )
    poll: PositiveFloat = Field(
        default=1.0, description="Between two looks at what is due, if nobody calls meanwhile"
    )
    lease: PositiveFloat = Field(
        default=15.0,
        description="After which a run is taken for lost whose worker has not said that it lives",
    )
    resend: PositiveFloat = Field(
        default=30.0,
        description="After which a message is sent again that no worker has taken; doubles each time",
    )
    publish_timeout: PositiveFloat = Field(default=3.0, description="One call of the broker")
    kept_days: PositiveFloat = Field(
        default=7.0, description="Runs that ended well or were cancelled"
    )
    concurrency: dict[str, PositiveInt] = Field(
        default={}, description="Processes of a worker, by its pool"
    )
    reserved: PositiveInt = Field(
        default=1, description="Processes that a pool keeps for each priority above its lowest"
    )
    longest: PositiveFloat = Field(default=3600.0, description="The longest time limit of a task")
    visibility_timeout: PositiveFloat | None = Field(
        default=None,
        description="After which Redis gives a message to another worker; by default `longest` and a margin",
    )
    prefix: str = Field(default="", description="Of the keys in Redis, where services share one")
    flower_user: str = "admin"
    flower_password: SecretStr | None = None
    flower_port: int = Field(default=5555, ge=1, le=65535)

    @field_validator("broker_url")
    @classmethod
    def _is_a_broker(cls, value: SecretStr | None) -> SecretStr | None:
        return _checked(
            value, cls.brokers, "amqp://user:password@host:port/ or redis://host:port/0"
        )

    @field_validator("results_url")
    @classmethod
    def _is_a_store(cls, value: SecretStr | None) -> SecretStr | None:
        return _checked(value, cls.stores, "redis://user:password@host:port/number")

    @property
    def broker(self) -> str:
        """As Celery spells it."""
        return _spelt(self.broker_url)

    @property
    def results(self) -> str:
        return _spelt(self.results_url)

    @property
    def uses_rabbitmq(self) -> bool:
        return self.broker.startswith("amqp")

    @property
    def visible_after(self) -> float:
        return self.visibility_timeout or self.longest + _MARGIN

    def missing(self) -> list[str]:
        """The names of the URLs that are not set."""
        return [name for name in ("broker_url", "results_url") if getattr(self, name) is None]


def _checked(value: SecretStr | None, schemes: tuple[str, ...], form: str) -> SecretStr | None:
    """The message is ours: what was given may hold a password."""
    if value is None or not value.get_secret_value():
        return None
    scheme, separator, _ = value.get_secret_value().partition("://")
    if not separator or scheme not in schemes:
        raise ValueError(f"must be of the form {form}")
    return value


def _spelt(value: SecretStr | None) -> str:
    return re.sub("^valkey", "redis", value.get_secret_value()) if value else ""
