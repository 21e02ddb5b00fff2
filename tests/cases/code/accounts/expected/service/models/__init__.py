from ..core.accounts.table import accounts as auth_accounts
from ..core.accounts.table import limits as auth_limits
from ..core.accounts.table import mail_tokens as auth_mail_tokens
from ..core.accounts.table import refresh_tokens as auth_refresh_tokens
from ..core.database import Base
from ..core.security.table import keys as api_keys
from ..core.security.table import revoked as revoked_tokens
from .member import Member

__all__ = [
    "Base",
    "Member",
    "api_keys",
    "auth_accounts",
    "auth_limits",
    "auth_mail_tokens",
    "auth_refresh_tokens",
    "revoked_tokens",
]
