"""The settings that every service has; each is an environment variable with the service's prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

# As browsers send it.
_ORIGIN = re.compile(r"https?://([a-z0-9_.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")


class SourceSettings(BaseModel):
    """Of a data source. Times are in seconds."""

    model_config = ConfigDict(extra="ignore")

    # What its URL looks like.
    form: ClassVar[str]
    schemes: ClassVar[tuple[str, ...]]

    url: SecretStr | None = None
    pool_min: int = Field(default=2, ge=0)
    pool_max: int = Field(default=10, ge=1)
    acquire_timeout: PositiveFloat = Field(default=0.25, description="Waiting for a connection")
    connect_timeout: PositiveFloat = 2.0
    statement_timeout: PositiveFloat = Field(default=5.0, description="One call")
    max_idle: PositiveFloat | None = Field(
        default=None, description="After which an idle connection is closed"
    )
    breaker_failures: int = Field(
        default=5, ge=1, description="In a row, after which the source is not asked any more"
    )
    breaker_reset: PositiveFloat = Field(default=1.0, description="After which it is asked again")
    retry_attempts: int = Field(default=3, ge=1, description="The first one included")
    retry_min_wait: PositiveFloat = 0.05
    retry_max_wait: PositiveFloat = 1.0
    retry_multiplier: float = Field(default=2.0, ge=1)

    @field_validator("url")
    @classmethod
    def _is_of_its_kind(cls, value: SecretStr | None) -> SecretStr | None:
        """The message is ours: what was given may hold a password."""
        if value is None or not value.get_secret_value():
            return None
        scheme, separator, _ = value.get_secret_value().partition("://")
        if not separator or scheme.partition("+")[0] not in cls.schemes:
            raise ValueError(f"must be of the form {cls.form}")
        return value

    @property
    def given_url(self) -> str:
        """Raises MissingUrlError."""
        if self.url is None:
            raise MissingUrlError
        return self.url.get_secret_value()


class PostgresqlSettings(SourceSettings):
    form = "postgresql://user:password@host:port/database"
    schemes = ("postgresql", "postgres")

    @field_validator("url")
    @classmethod
    def _can_be_read(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            if value is not None:
                make_url(value.get_secret_value())
        except (ArgumentError, ValueError):
            raise ValueError(f"must be of the form {cls.form}") from None
        return value

    @property
    def sqlalchemy_url(self) -> URL:
        """For SQLAlchemy on asyncpg, libpq's `sslmode` translated."""
        url = make_url(self.given_url).set(drivername="postgresql+asyncpg")
        if "sslmode" in url.query:
            url = url.update_query_pairs([("ssl", str(url.query["sslmode"]))])
        return url.difference_update_query(["sslmode"])


class MongodbSettings(SourceSettings):
    form = "mongodb://user:password@host:port"
    schemes = ("mongodb",)

    database: str = Field(default="service", description="The one whose collections are used")


class RedisSettings(SourceSettings):
    form = "redis://user:password@host:port/number"
    schemes = ("redis", "rediss", "valkey", "valkeys")


class CacheSettings(BaseModel):
    """Of a cache strategy. Times are in seconds."""

    model_config = ConfigDict(extra="ignore")

    namespace: str = ""
    ttl: PositiveFloat = 300.0
    stale_for: float = Field(
        default=0.0, ge=0, description="After its end, while the source of an answer is down"
    )
    negative_ttl: float = Field(default=0.0, ge=0, description="Of the answer that there is none")
    local_ttl: float = Field(default=0.0, ge=0, description="In the memory of a process")


class ServiceSettings(BaseSettings):
    """Times are in seconds. `PREFIX_DATABASE_URL` is `database.url`."""

    model_config = SettingsConfigDict(
        env_nested_delimiter="_",
        env_nested_max_split=1,
        nested_model_default_partial_update=True,
        extra="ignore",
    )

    environment: Literal["development", "production"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_json: bool | None = Field(default=None, description="By default in production only")
    public_base: str | None = Field(
        default=None, description="What a Location begins with, else a path"
    )
    request_timeout: PositiveFloat = Field(
        default=10.0, description="A whole request, its answer included"
    )
    max_body_bytes: int = Field(default=1024 * 1024, ge=0)
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Whose pages may ask in browsers: `https://app.example.org`, …"
    )
    hsts: int = Field(
        default=31_536_000,
        ge=0,
        description="Seconds for which browsers that came by TLS come by it only",
    )

    fast_path: bool = Field(
        default=True, description="Answers that PostgreSQL makes by itself, past the services"
    )

    open_to_all: bool = Field(
        default=False, description="Serve although nothing says who may read and write"
    )

    database: PostgresqlSettings = PostgresqlSettings()

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _are_several(cls, value: object) -> object:
        """In a variable they stand between commas."""
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(each == "*" or _ORIGIN.fullmatch(each) for each in value):
            raise ValueError("must be as https://app.example.org, without a path, or *")
        return value

    @property
    def json_logs(self) -> bool:
        return self.environment == "production" if self.log_json is None else self.log_json

    @classmethod
    def variable(cls, *path: str) -> str:
        """The environment variable of a field, or of a field of a field."""
        return f"{cls.model_config.get('env_prefix', '')}{'_'.join(path)}".upper()

    def missing(self, sources: Iterable[str]) -> list[str]:
        """The variables of those sources that have no URL."""
        return [self.variable(name, "url") for name in sources if getattr(self, name).url is None]


class MissingUrlError(Exception):
    """`variables` are not set."""

    def __init__(self, *variables: str) -> None:
        names = ", ".join(variables) or "the URL of a source"
        super().__init__(f"{names} {'are' if len(variables) > 1 else 'is'} not set")
