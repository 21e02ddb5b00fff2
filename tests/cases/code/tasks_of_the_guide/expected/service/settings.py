from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.settings import ServiceSettings
from .core.tasks.settings import TaskSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    tasks: TaskSettings = TaskSettings(longest=1800)
