from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.graphql.settings import GraphqlSettings
from .core.settings import ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    graphql: GraphqlSettings = GraphqlSettings(max_depth=6, max_cost=1000, trusted_documents=True)
