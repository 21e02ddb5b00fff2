"""Regular expressions that a linear-time engine and Python's `re` understand alike.

The service checks patterns with the engine of Rust; what that engine lacks, reads differently or refuses for its
size is refused here already.
"""

from __future__ import annotations

import re
import warnings

LONGEST = 1000
MOST_REPETITIONS = 1000
# What the states of a compiled pattern may come to; classes of Unicode are large.
LARGEST = 10_500
_SIZES = {r"\w": 50, r"\W": 50, r"\d": 10, r"\D": 10, r"\s": 5, r"\S": 5}

_PART = re.compile(
    r"(?P<escape>\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.))"
    r"|(?P<set>\[\^?\]?(?:[^\\\]]|\\.)*\])"
    r"|(?P<open>\((?:\?(?:P<[A-Za-z_][A-Za-z0-9_]*>|[ims]*:)|(?!\?)))"
    r"|(?P<extension>\(\?[^)]{0,4})"
    r"|(?P<close>\))"
    r"|(?P<repeat>[*+?]\??|\{(?P<least>[0-9]{1,5})(?P<range>,(?P<most>[0-9]{0,5}))?\}\??)"
    r"|(?P<brace>\{)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:[dDwWsSbBnrtfv]|x..|u....|[!-/:;=?@\[-`{-~ ])\Z", re.DOTALL)
_FLAGS = re.compile(r"\(\?[ims]+\)")
_REFUSED = {
    "(?=": "has a look-ahead",
    "(?!": "has a look-ahead",
    "(?<=": "has a look-behind",
    "(?<!": "has a look-behind",
    "(?>": "has an atomic group",
    "(?(": "has a condition",
    "(?P=": "has a back-reference",
    "(?#": "has a comment",
}


def objection(pattern: str) -> str | None:
    """Why a pattern cannot be used, to be said of it; None if it can."""
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, FutureWarning, DeprecationWarning, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {str(error).lower()}"
    return _unlike(pattern) or _too_large(pattern)


def _unlike(pattern: str) -> str | None:
    """What the two engines do not have in common."""
    flags = _FLAGS.match(pattern)
    previous = ""
    for part in _PART.finditer(pattern, flags.end() if flags else 0):
        kind, text = part.lastgroup, part.group()
        if part["escape"]:
            reason = _odd_escape(text)
        elif part["set"]:
            reason = _odd_set(text)
        elif part["extension"]:
            reason = next(
                (why for begin, why in _REFUSED.items() if text.startswith(begin)),
                f"has the group `{text}`, which is not understood",
            )
        elif part["brace"]:
            reason = "has a brace that is no repetition: write `\\{`"
        elif part["repeat"] and previous == "repeat":
            reason = "repeats a repetition"
        else:
            reason = None
        if reason:
            return reason
        previous = "repeat" if part["repeat"] else kind or ""
    return None


def _odd_escape(text: str) -> str | None:
    if text[1].isdigit():
        return "has a back-reference"
    return (
        None if _ESCAPE.match(text) else f"has the escape `{text}`, which engines read differently"
    )


def _odd_set(text: str) -> str | None:
    if "[" in re.sub(r"\\.", "", text)[1:]:
        return "has a bracket between brackets: write `\\[`"
    return next(filter(None, map(_odd_in_set, re.findall(r"\\.", text))), None)


def _odd_in_set(text: str) -> str | None:
    if text in (r"\b", r"\B"):
        return f"has `{text}` between brackets, which engines read differently"
    return _odd_escape(text + "00" if text == r"\x" else text + "0000" if text == r"\u" else text)


def _too_large(pattern: str) -> str | None:
    """A group weighs what its parts do, times its repetitions."""
    groups: list[list[int]] = [[]]
    for part in _PART.finditer(pattern):
        weights = groups[-1]
        if part["open"]:
            groups.append([])
        elif part["close"] and len(groups) > 1:
            inner = sum(groups.pop())
            groups[-1].append(inner)
        elif part["repeat"] and weights:
            times = int(part["most"] or part["least"] or 1)
            if times > MOST_REPETITIONS:
                return f"repeats something more than {MOST_REPETITIONS} times"
            weights[-1] *= max(times, 1)
        elif part["set"]:
            weights.append(1 + sum(_SIZES.get(each, 1) for each in re.findall(r"\\.", part["set"])))
        else:
            weights.append(_SIZES.get(part.group(), 1))
    if sum(map(sum, groups)) > LARGEST:
        return "is too large: state orm:maxLength instead of counting characters"
    return None
