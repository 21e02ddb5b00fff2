from ..core.database import Base
from ..core.security.table import keys as api_keys
from ..core.security.table import revoked as revoked_tokens
from .order import Order

__all__ = [
    "Base",
    "Order",
    "api_keys",
    "revoked_tokens",
]
