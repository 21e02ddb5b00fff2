from __future__ import annotations

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"


def graphemes(text: str) -> list[str]:
    """What a reader calls characters: combining marks and emoji sequences stay together."""
    return _split_graphemes(text) if not text.isascii() or "\r\n" in text else list(text)


def _split_graphemes(text: str) -> list[str]:
    clusters: list[str] = []
    for char in text:
        if clusters and _extends(clusters[-1], char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _extends(cluster: str, char: str) -> bool:
    if cluster == "\r":
        return char == "\n"
    if cluster in ("\n", "\r\n"):
        return False
    if _is_regional(char):
        return len(cluster) == 1 and _is_regional(cluster)
    return _is_extending(char) or cluster[-1] == _JOINER


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_extending(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char == _JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )
