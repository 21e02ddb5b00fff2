from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.settings import MongodbSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_LOG_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    log: MongodbSettings = MongodbSettings(database="logs")
