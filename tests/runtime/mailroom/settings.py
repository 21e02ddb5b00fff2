from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from terapin.runtime.core.settings import ServiceSettings
from terapin.runtime.core.tasks.settings import TaskSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`MAILROOM_DATABASE_URL`) or from a file `.env`."""

    tasks: TaskSettings = TaskSettings(longest=60)

    model_config = SettingsConfigDict(env_prefix="MAILROOM_", env_file=".env", extra="ignore")
