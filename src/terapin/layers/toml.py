"""TOML from values."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but that TOML refuses a bare DEL and surrogate pairs."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
