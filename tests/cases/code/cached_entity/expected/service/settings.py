from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.settings import CacheSettings, MongodbSettings, RedisSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    cache: RedisSettings = RedisSettings()
    papers: MongodbSettings = MongodbSettings(database="service")
    fast: CacheSettings = CacheSettings(
        namespace="case", ttl=60, stale_for=300, negative_ttl=5, local_ttl=1.5
    )
    slow: CacheSettings = CacheSettings(ttl=3600)
