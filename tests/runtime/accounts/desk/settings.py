from __future__ import annotations

from ..kept import KeptSettings as Settings

__all__ = ["Settings"]
