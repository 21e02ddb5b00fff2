"""The spans of triples, against the parser: every one is found, and says what the parser says."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terapin.ontology.positions import aligned
from terapin.ontology.sources import Document, Source, numbered
from terapin.ontology.syntax import examine
from terapin.ontology.tokens import tokens

PREFIXES = "@prefix ex: <http://example.org/> .\n@prefix : <http://example.org/default#> .\n"

iris = st.sampled_from(
    [
        "ex:a", "ex:b.c", ":d", ":", "ex:", "<http://example.org/x>", "<relative>", "ex:a\\-b",
        "ex:%41", "ex:é", "ex:1", ":x:y", "<http://example.org/\\u00e9>", "ex:true", "ex:a_",
    ]
)  # fmt: skip
blanks = st.sampled_from(["_:x", "_:y.z", "_:1"])
literals = st.sampled_from(
    [
        '"a"', "'a'", '"""a\n"b" \'c\' ""d"""', "'''\n#[('''", '"a\\"b"', '"# no comment"', '"x"@en',
        '"x"@en-GB', '"1"^^ex:int', '"1"^^ <http://example.org/t>', "1", "-1.5", "+2e3", ".5", "true",
        "false", '""', "''", '"[ ( ; . )"', '"\\u00e9"', '"🎉"',
    ]
)  # fmt: skip
space = st.sampled_from([" ", "\n", "  # a . [ ( comment\n", "\t", "\r\n"])
predicates = st.one_of(iris, st.just("a"))


def property_lists(objects: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(predicates, st.lists(objects, min_size=1, max_size=3)).map(
        lambda pair: f"{pair[0]} {' , '.join(pair[1])}"
    )
    return st.lists(pairs, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from([" ; ", " ;; ", ";\n"]).map(lambda by: by.join(parts))
    )


terms = st.one_of(iris, blanks, literals)
objects = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"( {' '.join(items)} )"),
        property_lists(inner).map(lambda body: f"[ {body} ]"),
        st.just("[]"),
    ),
    max_leaves=8,
)
subjects = st.one_of(
    iris,
    blanks,
    property_lists(objects).map(lambda body: f"[ {body} ]"),
    st.lists(objects, max_size=3).map(lambda items: f"( {' '.join(items)} )"),
)
statements = st.one_of(
    st.tuples(subjects, space, property_lists(objects)).map(lambda parts: f"{''.join(parts)} ."),
    property_lists(objects).map(lambda body: f"[ {body} ] ."),
    st.sampled_from(
        [
            "@prefix p: <http://p/> .",
            "PREFIX q: <http://q/>",
            "@base <http://b/> .",
            "base <http://c/>",
        ]
    ),
)
documents = st.lists(statements, max_size=5).map(lambda parts: PREFIXES + "\n".join(parts))


@settings(deadline=None)
@given(documents)
def test_every_triple_has_its_spot(turtle: str) -> None:
    document = Document(Source("a.ttl", turtle), turtle)
    try:
        triples = list(numbered(document.parser(), 0))
    except SyntaxError:
        pytest.fail(f"not Turtle: {turtle}")
    found = aligned(document, 0)
    assert [triple for triple, _ in found] == triples
    for triple, spot in found:
        for term, stretch in zip(triple, spot, strict=True):
            assert means(turtle[slice(*stretch)], term, turtle)


def means(text: str, term: str, turtle: str) -> bool:
    """Whether a stretch of the document spells a term: checked by parsing it alone, where that is possible."""
    if term.startswith("_:") or text in ("(", ")", "[", "a") or "<relative>" in text:
        return True
    if "#first>" in term or "#rest>" in term:
        return True
    parsed = pyoxigraph.parse(
        f"{PREFIXES} <http://s/> <http://p/> {text} .", format=pyoxigraph.RdfFormat.TURTLE
    )
    return str(next(parsed).object) == term


@settings(deadline=None)
@given(documents)
def test_nothing_is_wrong_with_what_the_parser_takes(turtle: str) -> None:
    syntax = examine(turtle, list(tokens(turtle)))
    assert syntax.mistakes == ()
    assert all(each.mistaken is None for each in syntax.statements)
