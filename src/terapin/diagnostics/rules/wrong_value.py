from __future__ import annotations

import re
from collections.abc import Sequence

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.model import Place

_NUMBER = re.compile(r'"([^"]*)"\^\^<[^>]*#(?:integer|decimal|double|boolean)>\Z')
_MOST_LABELS = 5
_UNQUOTED = {
    "true or false": re.compile("true|false"),
    "a whole number from 0 on": re.compile("[0-9]+"),
    "a number": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
}

RULE = Rule(
    code="wrong-value",
    local=True,
    summary="a value is not of the kind that its term takes",
    explanation="""\
Every term of the vocabulary takes values of one kind: a string, `true` or `false`, a number, a list in
parentheses, an IRI, or one of a few words; and all but lists are stated once. `terapin explain TERM`
says what a term takes.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey "yes" ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def diagnostic(place: Place, predicate: str, value: str, expected: str) -> Diagnostic:
    unquoted = value.strip('"')
    fits = expected in _UNQUOTED and _UNQUOTED[expected].fullmatch(unquoted)
    help = f"leave out the quotes: `{unquoted}`" if fits else None
    return RULE.at(place, f"{predicate} takes {expected}, not {_shown(value)}", help=help)


def several(places: Sequence[Place], predicate: str) -> Diagnostic:
    labels = tuple(Label(place, "and here") for place in places[1:_MOST_LABELS])
    return RULE.at(places[0], f"{predicate} is stated {len(places)} times", labels=labels)


def choice(place: Place, predicate: str, value: str, choices: Sequence[str]) -> Diagnostic:
    listed = "it is one of " + ", ".join(f'"{one}"' for one in choices)
    return RULE.at(
        place,
        f"{predicate} cannot be '{value}'",
        help=did_you_mean(value, choices, listed, quote='"'),
    )


def either(place: Place, one: str, other: str) -> Diagnostic:
    return RULE.at(place, f"this states both {one} and {other}: state one of them")


def item(place: Place, value: str, of: str) -> Diagnostic:
    return RULE.at(place, f"this is a list of {of}, which {_shown(value)} is not")


def second_kind(place: Place, first: str, second: str) -> Diagnostic:
    return RULE.at(place, f"a relationship cannot be rel:{first} and rel:{second}")


def _shown(term: str) -> str:
    """As the document would write it: numbers without their datatype."""
    if term.startswith("_:"):
        return "a blank node"
    number = _NUMBER.match(term)
    shown = number[1] if number else term
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
