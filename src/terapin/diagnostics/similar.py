"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def similar(word: str, choices: Mapping[str, str]) -> str | None:
    """What stands under the word that a misspelt one is closest to, if one is close; case does not count."""
    folded = {choice.casefold(): choices[choice] for choice in sorted(choices, reverse=True)}
    found = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.65)
    return folded[found[0]] if found else None


def did_you_mean(
    word: str, choices: Iterable[str], otherwise: str | None = None, *, quote: str = ""
) -> str | None:
    found = similar(word, {choice: f"{quote}{choice}{quote}" for choice in choices})
    return f"did you mean {found}?" if found else otherwise
