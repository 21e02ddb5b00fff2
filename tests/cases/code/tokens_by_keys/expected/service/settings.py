from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.graphql.settings import GraphqlSettings
from .core.security.settings import SecuritySettings
from .core.settings import ServiceSettings
from .core.tasks.settings import TaskSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    security: SecuritySettings = SecuritySettings(
        issuer="https://id.example.org/realms/shop",
        audience="https://shop.example.org",
        jwks="https://id.example.org/realms/shop/keys",
        algorithms=("RS256",),
    )
    graphql: GraphqlSettings = GraphqlSettings()
    tasks: TaskSettings = TaskSettings(longest=3600)
