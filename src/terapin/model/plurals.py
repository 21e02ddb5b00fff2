"""English plurals, as far as the names of tables need them: the rules, and the words that break them."""

# ruff: noqa: SIM905 - word lists read best as text
from __future__ import annotations

import re

_UNCOUNTABLE = frozenset(
    """
    aircraft bison cash data deer equipment feedback fish furniture hardware headquarters homework
    information jewelry knowledge luggage machinery means media metadata money moose music news
    offspring police rice salmon series sheep shrimp software species staff stuff swine traffic
    trout weather
    """.split()
)
_IRREGULAR = {
    "analysis": "analyses", "axis": "axes", "basis": "bases", "calf": "calves", "child": "children",
    "crisis": "crises", "criterion": "criteria", "curriculum": "curricula", "datum": "data",
    "diagnosis": "diagnoses", "die": "dice", "echo": "echoes", "elf": "elves", "foot": "feet",
    "gas": "gases", "goose": "geese", "half": "halves", "hero": "heroes", "hypothesis": "hypotheses",
    "knife": "knives", "leaf": "leaves", "lens": "lenses", "life": "lives", "loaf": "loaves",
    "louse": "lice", "man": "men", "matrix": "matrices", "medium": "media", "mouse": "mice",
    "ox": "oxen", "person": "people", "phenomenon": "phenomena", "potato": "potatoes",
    "quiz": "quizzes", "self": "selves", "shelf": "shelves", "stomach": "stomachs",
    "synopsis": "synopses", "synthesis": "syntheses", "thesis": "theses", "thief": "thieves",
    "tomato": "tomatoes", "tooth": "teeth", "vertex": "vertices", "veto": "vetoes", "wife": "wives",
    "wolf": "wolves", "woman": "women", "alias": "aliases", "atlas": "atlases", "bias": "biases",
    "canvas": "canvases", "iris": "irises",
}  # fmt: skip
_PLURALS = frozenset(_IRREGULAR.values()) - {"bases"}
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_SINGULAR_S = re.compile(r"(?:ss|us|is)$")


def plural(word: str) -> str:
    """The plural of a lowercase word; of a word that already is one, the word."""
    if word in _UNCOUNTABLE or word in _PLURALS:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("s") and not _SINGULAR_S.search(word):
        return word
    if _SIBILANT.search(word):
        return word + "es"
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return _compound(word) or word + "s"


def _compound(word: str) -> str | None:
    """`salesperson` and `policewoman` follow their last part."""
    for ending in ("person", "woman", "man", "child", "wife", "shelf"):
        if word.endswith(ending) and word not in ("human", "german", "roman", "talisman"):
            return word[: -len(ending)] + _IRREGULAR[ending]
    return None
