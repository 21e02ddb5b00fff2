from __future__ import annotations

from ..guarded import GuardedSettings as Settings

__all__ = ["Settings"]
