from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.settings import CacheSettings, PostgresqlSettings, RedisSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    database: PostgresqlSettings = PostgresqlSettings(
        pool_min=10, pool_max=50, acquire_timeout=30, breaker_failures=5, breaker_reset=60
    )
    cache_store: RedisSettings = RedisSettings()
    api_cache: CacheSettings = CacheSettings(namespace="api:cache", ttl=3600)
