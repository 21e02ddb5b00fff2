from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from terapin.runtime.core.settings import (
    MongodbSettings,
    PostgresqlSettings,
    RedisSettings,
    ServiceSettings,
)


class Settings(ServiceSettings):
    """Each is read from the environment (`WAREHOUSE_EVENTS_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="WAREHOUSE_", env_file=".env", extra="ignore")

    orders: PostgresqlSettings = PostgresqlSettings(pool_min=1)
    events: MongodbSettings = MongodbSettings(pool_min=1)
    sessions: RedisSettings = RedisSettings(pool_min=1)
