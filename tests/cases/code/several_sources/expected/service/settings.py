from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from .core.settings import MongodbSettings, PostgresqlSettings, RedisSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_EVENTS_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    events: MongodbSettings = MongodbSettings(
        url=SecretStr("mongodb://events.internal:27017"), database="events"
    )
    metrics: MongodbSettings = MongodbSettings(database="service")
    orders: PostgresqlSettings = PostgresqlSettings(
        pool_min=1,
        pool_max=4,
        acquire_timeout=0.5,
        statement_timeout=2,
        max_idle=60,
        breaker_failures=3,
        breaker_reset=10,
        retry_attempts=4,
        retry_min_wait=0.1,
        retry_max_wait=2,
        retry_multiplier=3,
    )
    service: RedisSettings = RedisSettings()
    sessions: RedisSettings = RedisSettings(
        pool_min=1, pool_max=4, acquire_timeout=0.5, statement_timeout=3, max_idle=60
    )
    stock: PostgresqlSettings = PostgresqlSettings()
    traces: MongodbSettings = MongodbSettings(database="service_traces")
