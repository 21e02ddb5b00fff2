"""Valid ontologies with a token deleted, doubled or swapped: always an answer, and close to the mutation."""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from statistics import median

import pytest

from terapin.diagnostics import Diagnostic, Severity
from terapin.diagnostics.render import in_order
from terapin.ontology import Compilation
from terapin.ontology.tokens import Lines, tokens
from tests.ontologies import compiled_sources

REPOSITORY = Path(__file__).parents[2]
FOLDERS = ("examples", "tests/cases/code", "tests/cases/projects", "../shared/ontologies")
PATHS = sorted(path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.ttl"))
PARTS = 5
MUTATIONS = 2000 if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else 100


@dataclass(frozen=True)
class Mutation:
    what: str
    lines: range
    text: str


def mutated(text: str, random: Random) -> Mutation:
    found = list(tokens(text))
    index = random.randrange(len(found) - 1)
    one, other = found[index : index + 2]
    between = text[one.end : other.start]
    what = random.choice(["delete", "double", "swap"])
    instead = {
        "delete": between + other.text,
        "double": f"{one.text} {one.text}{between}{other.text}",
        "swap": f"{other.text}{between or ' '}{one.text}",
    }[what]
    lines = Lines(text)
    changed = range(lines.position(one.start)[0], lines.position(other.end)[0] + 1)
    return Mutation(f"{what} {one.text}", changed, text[: one.start] + instead + text[other.end :])


def errors(compilation: Compilation) -> list[Diagnostic]:
    found = in_order(compilation.diagnostics, compilation.locator)
    return [each for each in found if each.severity is Severity.ERROR]


def messages(text: str) -> frozenset[str]:
    return frozenset(each.message for each in errors(compiled_sources({"a.ttl": text})))


def distance(diagnostic: Diagnostic, compilation: Compilation, mutation: Mutation) -> float:
    span = compilation.locator.span(diagnostic.where)
    if span is None:
        return inf
    return min(abs(span.line - line) for line in mutation.lines)


@pytest.mark.parametrize("seed", range(PARTS))
def test_the_first_message_is_where_the_mutation_is(seed: int) -> None:
    """Of ontologies that are refused anyway, such as those in OWL, only what is new counts."""
    random = Random(seed)
    texts = [path.read_text("utf-8") for path in PATHS]
    before = {text: messages(text) for text in texts}
    distances = []
    for _ in range(MUTATIONS):
        text = random.choice(texts)
        mutation = mutated(text, random)
        compilation = compiled_sources({"a.ttl": mutation.text})
        found = errors(compilation)
        assert compilation.model or found, mutation.what
        assert compilation.as_text() or compilation.model
        new = [each for each in found if each.message not in before[text]]
        distances += [distance(each, compilation, mutation) for each in new[:1]]
    assert len(distances) > MUTATIONS * 0.7
    assert median(distances) == 0
    assert sum(each <= 1 for each in distances) >= 0.95 * len(distances)
