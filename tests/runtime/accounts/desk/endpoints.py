from __future__ import annotations

from typing import Any

resources: tuple[Any, ...] = ()
