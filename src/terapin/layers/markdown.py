"""Markdown from values."""

from __future__ import annotations

import re


def plain(line: str) -> str:
    """A line that shows as it is, also where it begins a paragraph."""
    safe = re.sub(r"[\\`*_\[\]<>&|~#]|^[-+=:]", r"\\\g<0>", line)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", safe)
