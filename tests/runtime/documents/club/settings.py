from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from terapin.runtime.core.settings import MongodbSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`CLUB_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="CLUB_", env_file=".env", extra="ignore")

    activity_store: MongodbSettings = MongodbSettings(database="club")
