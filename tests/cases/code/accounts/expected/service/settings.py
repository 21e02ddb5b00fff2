from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from .core.accounts.settings import AccountsSettings
from .core.security.settings import SecuritySettings
from .core.settings import CacheSettings, ServiceSettings


class Settings(ServiceSettings):
    """Each is read from the environment (`SERVICE_DATABASE_URL`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="SERVICE_", env_file=".env", extra="ignore")

    accounts_cache: CacheSettings = CacheSettings(ttl=60)
    security: SecuritySettings = SecuritySettings(
        issuer="http://example.org/Club", audience="http://example.org/Club"
    )
    accounts: AccountsSettings = AccountsSettings()
