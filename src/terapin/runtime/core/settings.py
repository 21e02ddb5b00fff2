"""The settings that every service has; each is an environment variable with the service's prefix."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveFloat, SecretStr, field_validator
from pydantic_settings import BaseSettings
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


class ServiceSettings(BaseSettings):
    """Times are in seconds."""

    environment: Literal["development", "production"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_json: bool | None = Field(default=None, description="By default in production only")
    public_base: str | None = Field(
        default=None, description="What a Location begins with, else a path"
    )

    database_url: SecretStr | None = None
    database_pool_min: int = Field(default=2, ge=1)
    database_pool_max: int = Field(default=10, ge=1)
    database_acquire_timeout: PositiveFloat = Field(
        default=0.25, description="Waiting for a connection"
    )
    database_connect_timeout: PositiveFloat = 2.0
    database_statement_timeout: PositiveFloat = 5.0

    request_timeout: PositiveFloat = Field(
        default=10.0, description="A whole request, its answer included"
    )
    max_body_bytes: int = Field(default=1024 * 1024, ge=0)

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        try:
            backend = make_url(value.get_secret_value()).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in ("postgresql", "postgres"):
            raise ValueError("must be of the form postgresql://user:password@host:port/database")
        return value

    @property
    def sqlalchemy_url(self) -> URL:
        """The database's URL for SQLAlchemy on asyncpg, libpq's `sslmode` translated."""
        if self.database_url is None:
            raise MissingDatabaseUrlError(self)
        url = make_url(self.database_url.get_secret_value()).set(drivername="postgresql+asyncpg")
        if "sslmode" in url.query:
            url = url.update_query_pairs([("ssl", str(url.query["sslmode"]))])
        return url.difference_update_query(["sslmode"])

    @property
    def json_logs(self) -> bool:
        return self.environment == "production" if self.log_json is None else self.log_json

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable of a field."""
        return f"{cls.model_config.get('env_prefix', '')}{field}".upper()


class MissingDatabaseUrlError(Exception):
    def __init__(self, settings: ServiceSettings) -> None:
        super().__init__(f"{settings.variable('database_url')} is not set")
