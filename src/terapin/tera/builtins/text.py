from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from terapin.tera.builtins.checks import boolean, integer, number, size, string, unescaped
from terapin.tera.errors import FaultError
from terapin.tera.graphemes import graphemes
from terapin.tera.lexer import WHITESPACE
from terapin.tera.operators import saturated
from terapin.tera.printing import escape_html, show
from terapin.tera.values import is_number, kind

_TAGS: Final = re.compile(r"<!--.*?-->|<[^>]*>")
_BETWEEN_TAGS: Final = re.compile(r">\s+<")
# Of a text whose characters of words are all "w".
_WORDS: Final = re.compile(r"\b[w'][w']*\b", re.ASCII)
_JOINERS: Final = "\u200c\u200d"
_FLOAT: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE: Final = re.compile(r"[+-]?(?:inf|infinity|nan)", re.IGNORECASE)
_PREFIXES: Final = {2: "0b", 8: "0o", 16: "0x"}
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
# Letters that Unicode does not decompose into a letter and a mark.
_LATIN: Final = str.maketrans(
    {
        **{"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l"},
        **{"Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th"},
    }
)


def upper(value: object) -> str:
    return string(value).upper()


def lower(value: object) -> str:
    return string(value).lower()


def trim(value: object) -> str:
    return string(value).strip(WHITESPACE)


def trim_start(value: object) -> str:
    return string(value).lstrip(WHITESPACE)


def trim_end(value: object) -> str:
    return string(value).rstrip(WHITESPACE)


def trim_start_matches(value: object, pat: object) -> str:
    text, pattern = string(value), unescaped(string(pat, "pat"))
    while pattern and text.startswith(pattern):
        text = text.removeprefix(pattern)
    return text


def trim_end_matches(value: object, pat: object) -> str:
    text, pattern = string(value), unescaped(string(pat, "pat"))
    while pattern and text.endswith(pattern):
        text = text.removesuffix(pattern)
    return text


def trim_matches(value: object, pat: object) -> str:
    return trim_end_matches(trim_start_matches(value, pat), pat)


def truncate(value: object, length: object = 255, end: object = "…") -> str:
    text, limit = string(value), size(length, "length")
    clusters = graphemes(text)
    if limit >= len(clusters):
        return text
    return "".join(clusters[:limit]) + string(end, "end")


def wordcount(value: object) -> int:
    return len(string(value).split())


def replace(value: object, from_: object, to: object) -> str:
    return string(value).replace(string(from_, "from"), string(to, "to"))


def capitalize(value: object) -> str:
    text = string(value)
    return text[:1].upper() + text[1:].lower()


def title(value: object) -> str:
    text = string(value)
    outline = "".join("w" if _is_of_word(each) else each if each == "'" else " " for each in text)
    parts, end = [], 0
    for word in _WORDS.finditer(outline):
        parts += [text[end : word.start()], capitalize(text[word.start() : word.end()])]
        end = word.end()
    return "".join([*parts, text[end:]])


def _is_of_word(character: str) -> bool:
    """As Unicode recommends for regular expressions: unlike Python's, with marks and without fractions."""
    category = unicodedata.category(character)
    return category[0] in "LM" or category in ("Nd", "Nl", "Pc") or character in _JOINERS


def linebreaksbr(value: object) -> str:
    return string(value).replace("\r\n", "<br>").replace("\n", "<br>")


def indent(
    value: object, prefix: object = "    ", first: object = False, blank: object = False
) -> str:
    margin = string(prefix, "prefix")
    indent_first, indent_blank = boolean(first, "first"), boolean(blank, "blank")
    lines = _lines(string(value))
    for index, line in enumerate(lines):
        if indent_first if index == 0 else indent_blank or line.strip(WHITESPACE):
            lines[index] = margin + line
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def striptags(value: object) -> str:
    return _TAGS.sub("", string(value))


def spaceless(value: object) -> str:
    return _BETWEEN_TAGS.sub("><", string(value))


def urlencode(value: object) -> str:
    return quote(string(value), safe="/%")


def urlencode_strict(value: object) -> str:
    encoded = quote(string(value), safe="")
    return re.sub(r"[-_.~]", lambda char: f"%{ord(char[0]):02X}", encoded)


def escape(value: object) -> str:
    return escape_html(string(value))


def escape_xml(value: object) -> str:
    text = string(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&apos;")


def addslashes(value: object) -> str:
    return string(value).replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")


def slugify(value: object) -> str:
    decomposed = unicodedata.normalize("NFKD", string(value).translate(_LATIN))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")


def split(value: object, pat: object) -> list[str]:
    text, pattern = string(value), unescaped(string(pat, "pat"))
    return text.split(pattern) if pattern else ["", *text, ""]


def as_str(value: object) -> str:
    return show(value)


def int_(value: object, default: object = 0, base: object = 10) -> int:
    fallback, radix = integer(default, "default"), size(base, "base")
    if not 2 <= radix <= 36:
        raise FaultError(f"needs a base from 2 to 36, got {radix}")
    if is_number(value):
        return saturated(float(value))
    return _parsed_integer(_string_or_number(value).strip(WHITESPACE), radix, fallback)


def _parsed_integer(text: str, base: int, fallback: int) -> int:
    prefix = _PREFIXES.get(base, "")
    while prefix and text.startswith(prefix):
        text = text.removeprefix(prefix)
    digits = text[1:] if text[:1] in ("+", "-") else text
    if digits and not digits.lower().strip(_DIGITS[:base]):
        # Python refuses to read integers of thousands of digits.
        parsed = int(text, base) if len(digits.lstrip("0")) <= 64 else 2**64
        return parsed if -(2**63) <= parsed < 2**63 else fallback
    if "." in text and _FLOAT.fullmatch(text):
        return saturated(float(text))
    return fallback


def float_(value: object, default: object = 0.0) -> float | None:
    fallback = float(number(default, "default"))
    if is_number(value):
        return float(value)
    text = _string_or_number(value).strip(WHITESPACE)
    if _NOT_FINITE.fullmatch(text):
        return None
    return float(text) if _FLOAT.fullmatch(text) else fallback


def _string_or_number(value: object) -> str:
    if not isinstance(value, str):
        raise FaultError(f"needs a string or a number, got {kind(value)}")
    return value


# Names in other spellings: not Tera's, but widely registered in programs that use it.


def words(name: str) -> list[str]:
    """`HTTPServer_2go` → HTTP, Server, 2go"""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    return [word for word in re.split(r"[\W_]+", spaced) if word]


def snake(value: object) -> str:
    return "_".join(word.lower() for word in words(string(value)))


def kebab(value: object) -> str:
    return "-".join(word.lower() for word in words(string(value)))


def pascal(value: object) -> str:
    return "".join(word.capitalize() for word in words(string(value)))


def camel(value: object) -> str:
    name = pascal(value)
    return name[:1].lower() + name[1:]


FILTERS: Final[dict[str, Callable[..., object]]] = {
    f.__name__.removesuffix("_"): f
    for f in (
        *(upper, lower, trim, trim_start, trim_end, trim_start_matches, trim_end_matches),
        *(truncate, wordcount, replace, capitalize, title, linebreaksbr, indent, striptags),
        *(spaceless, urlencode, urlencode_strict, escape, escape_xml, addslashes, slugify),
        *(split, as_str, int_, float_),
    )
}
