from ..core.database import Base

__all__ = [
    "Base",
]
