"""A name from an ontology as ASCII words: the first step of every name that is made."""

# ruff: noqa: SIM905, RUF001 - word lists read best as text
from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(
    r"[A-Z]{2,}s(?![a-z])"  # IDs
    r"|[A-Z]+(?=[A-Z][a-z])\d*"  # the HTTP of HTTPServer
    r"|[A-Z]?[a-z]+(?:\d++(?![A-Z](?![a-z])))?"  # address2, but the Model of Model3D
    r"|[A-Z]+\d*"
    r"|\d+(?:[A-Z]+(?=[A-Z][a-z])|[a-z]+|[A-Z]+(?![a-z]))?"  # the 3D of 3DModel, the 2nd of 2ndAddress
)

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_CYRILLIC_LATIN = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch  y  e yu ya".split(
    " "
)
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
_GREEK_LATIN = "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(" ")
_OTHERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ı": "i", "ħ": "h", "ŋ": "ng", "ə": "e", "є": "ye", "і": "i", "ї": "yi", "ґ": "g",
}  # fmt: skip
_LATIN = (
    dict(zip(_CYRILLIC, _CYRILLIC_LATIN, strict=True))
    | dict(zip(_GREEK, _GREEK_LATIN, strict=True))
    | _OTHERS
)


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """`HTTPServer` → `HTTP`, `Server`. Letters that have no Latin form are replaced by a digest of the whole name.

    Without the digest `本book` and `書book` would be one name.
    """
    text, lost = _latin(name)
    found = _WORD.findall(text)
    if lost or not found:
        found.append("x" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6])
    return tuple(found)


def _latin(name: str) -> tuple[str, bool]:
    if name.isascii():
        return name, False
    characters: list[str] = []
    lost = False
    for character in unicodedata.normalize("NFKC", name):
        latin = _letter(character)
        lost = lost or latin is None
        characters.append(" " if latin is None else latin)
    return "".join(characters), lost


def _letter(character: str) -> str | None:
    """Latin letters for one character, a space for one that only separates, None for one that has no form."""
    if character.isascii():
        return character
    known = _LATIN.get(character.lower())
    if known is not None:
        return known if character.islower() else known.capitalize()
    plain = unicodedata.normalize("NFKD", character)
    base = "".join(each for each in plain if not unicodedata.combining(each))
    if base.isascii():
        return base
    known = _LATIN.get(base.lower())
    if known is not None:
        return known if base.islower() else known.capitalize()
    return None if character.isalnum() else " "
