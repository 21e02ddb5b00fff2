"""The reference page of the vocabulary: `python -m terapin.vocabulary.page` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from .namespaces import OURS
from .terms import Term, Vocabulary, short, vocabulary

_HEAD = """\
# The vocabulary

Made from the Turtle in `src/terapin/vocabulary` by `python -m terapin.vocabulary.page`.
`terapin explain TERM` shows an entry on the terminal. What is marked *later* is part of the vocabulary, and refused
until it is understood.
"""


def page() -> str:
    known = vocabulary()
    parts = [_HEAD, *(_section(known, prefix) for prefix in known.titles), _types(known)]
    return "\n".join(parts)


def _section(known: Vocabulary, prefix: str) -> str:
    terms = list(known.of_prefix(prefix))
    lines = [
        f"## `{prefix}:` {known.titles[prefix]}",
        "",
        f"`@prefix {prefix}: <{OURS[prefix]}> .`",
        "",
    ]
    for term in (each for each in terms if each.is_class):
        lines += [f"### `{term.name}`{_later(term)}", "", term.comment, "", *_turtle(term), ""]
    properties = [each for each in terms if not each.is_class]
    lines += ["| term | of | takes | |", "|---|---|---|---|", *map(_row, properties), ""]
    return "\n".join(lines)


def _turtle(term: Term) -> Iterator[str]:
    yield "```turtle"
    yield term.example
    yield "```"


def _row(term: Term) -> str:
    cells = (f"`{term.name}`", term.of, term.takes, f"{term.comment}{_later(term)}")
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _later(term: Term) -> str:
    return "" if term.built else " *(later)*"


def _types(known: Vocabulary) -> str:
    rows = [
        f"| `{each.name}` | {each.comment} | {', '.join(f'`{short(iri)}`' for iri in each.datatypes)} |"
        for each in known.types
    ]
    return "\n".join(["## Types", "", "| type | | also as |", "|---|---|---|", *rows, ""])


if __name__ == "__main__":
    print(page(), end="")
