from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from terapin.runtime.core.graphql.settings import GraphqlSettings
from terapin.runtime.core.settings import ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`BLOG_DATABASE_URL`) or from a file `.env`."""

    graphql: GraphqlSettings = GraphqlSettings()

    model_config = SettingsConfigDict(env_prefix="BLOG_", env_file=".env", extra="ignore")
