"""Regular expressions as Rust has them, on Python's engine, which can take exponential time.

So the sizes are bounded, and what Rust refuses (look-around, back references) or Python may
never finish (a repetition inside a repeated group) is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from terapin.tera.errors import FaultError

_LONGEST_PATTERN: Final = 500
_LONGEST_TEXT: Final = 10_000
_PIECE: Final = re.compile(
    r"""
      \\(?P<escape>[1-9]|.)
    | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<look>\(\?<?[=!])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<repeat>[*+?]\??|\{\d+(?:,\d*)?\}\??)
    | (?P<end>\$)
    | (?P<alternative>\|)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


def matches(pattern: str, text: str) -> bool:
    if len(text) > _LONGEST_TEXT:
        raise FaultError(f"takes at most {_LONGEST_TEXT} characters, got {len(text)}")
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > _LONGEST_PATTERN:
        raise FaultError(f"takes a pattern of at most {_LONGEST_PATTERN} characters")
    try:
        return re.compile(_translated(pattern))
    except (re.error, OverflowError) as error:
        raise FaultError(f"cannot read the pattern `{pattern}`: {error}") from None


def _translated(pattern: str) -> str:
    """`$` and `\\z` match at the very end only, other than in Python."""
    translated = []
    # For each open group, whether it holds something that varies in length.
    varies = [False]
    closed = False
    for piece in _PIECE.finditer(pattern):
        text, kind = piece[0], piece.lastgroup
        if kind == "look" or (kind == "escape" and piece["escape"].isdigit()):
            raise FaultError(f"takes neither look-around nor back references: `{text}`")
        if kind == "repeat" and text[0] != "?":
            if closed:
                raise FaultError("takes no repetition inside a repeated group")
            varies[-1] = True
        varies[-1] |= kind == "alternative" and len(varies) > 1
        if kind == "open":
            varies.append(False)
        closed = kind == "close" and len(varies) > 1 and _close(varies)
        translated.append(r"\Z" if kind == "end" or text == r"\z" else text)
    return "".join(translated)


def _close(varies: list[bool]) -> bool:
    inner = varies.pop()
    varies[-1] |= inner
    return inner
