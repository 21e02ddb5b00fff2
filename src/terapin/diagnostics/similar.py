"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

# How alike two words are, from 0 to 1. What differs too much in length cannot be.
_LEAST = 0.65
# Words to compare with closely: each takes some microseconds.
_MOST = 500


def similar(word: str, choices: Mapping[str, str]) -> str | None:
    """What stands under the word that a misspelt one is closest to, if one is close; case does not count."""
    length = len(word)
    near = [each for each in choices if _LEAST * (length + len(each)) <= 2 * min(length, len(each))]
    if len(near) > _MOST:
        near = [each for each in near if each[:2] == word[:2]][:_MOST]
    folded = {choice.casefold(): choices[choice] for choice in sorted(near, reverse=True)}
    found = get_close_matches(word.casefold(), list(folded), n=1, cutoff=_LEAST)
    return folded[found[0]] if found else None


def did_you_mean(
    word: str, choices: Iterable[str], otherwise: str | None = None, *, quote: str = ""
) -> str | None:
    found = similar(word, {choice: f"{quote}{choice}{quote}" for choice in choices})
    return f"did you mean {found}?" if found else otherwise
