from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.realtime.settings import RealtimeSettings
from .core.security.settings import SecuritySettings
from .core.settings import RedisSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    store: RedisSettings = RedisSettings()
    security: SecuritySettings = SecuritySettings(
        issuer="https://id.example.org/", audience="https://club.example.org"
    )
    realtime: RealtimeSettings = RealtimeSettings()
