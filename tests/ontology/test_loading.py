from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terapin.model import Place
from terapin.ontology import QueryError, compile_files
from tests.ontologies import KEY, PREFIXES, codes, compiled

BOOK = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "cannot read {}: no such file or directory"),
        (b"\xff\xfe", "{} is not UTF-8: line 1 has the byte 0xff"),
        (b"# a\n# \xe9\n", "{} is not UTF-8: line 2 has the byte 0xe9"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes | None, message: str) -> None:
    path = tmp_path / "shop.ttl"
    if data is not None:
        path.write_bytes(data)
    compilation = compile_files([path])
    assert [each.message for each in compilation.diagnostics] == [message.format(path.as_posix())]
    assert compilation.model is None


def test_a_directory_is_no_ontology(tmp_path: Path) -> None:
    assert codes(compile_files([tmp_path])) == ["unreadable-file"]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "@prefix a: <http://a/> ."])
def test_an_empty_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.ttl"
    path.write_text(text)
    assert codes(compile_files([path])) == ["nothing-to-generate"]


def test_a_byte_order_mark_and_crlf_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "shop.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + (PREFIXES + BOOK).replace("\n", "\r\n").encode())
    assert compile_files([path]).model


def test_relative_iris_do_not_depend_on_where_the_file_is() -> None:
    model = compiled(BOOK.replace("ex:Book", "<Book>")).model
    assert model
    assert list(model.entities) == ["http://ontology.invalid/Book"]


def test_syntax_errors_are_all_reported_at_their_places() -> None:
    compilation = compiled("ex:a ex:b ] .\nex:d ex:e ex:f .\nex:g ex:h [ .\n", prefixes=PREFIXES)
    first = PREFIXES.count("\n") + 1
    found = [(str(each.where).split(":")[1], each.code) for each in compilation.diagnostics]
    assert found == [(str(first), "syntax-error"), (str(first + 2), "syntax-error")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ex:a ex:b "c .\nex:d ex:e ex:f .', "this string is not closed"),
        ("ex:a ex:b '''c .\nex:d", "this string is not closed"),
        ("ex:a ex:b ex:c", "a dot is missing here"),
    ],
)
def test_what_is_not_closed_is_shown_where_it_begins(text: str, message: str) -> None:
    (diagnostic,) = compiled(text).diagnostics
    assert diagnostic.message == message


def test_a_prefix_that_is_known_is_offered() -> None:
    compilation = compiled(BOOK, prefixes="@prefix ex: <http://example.org/> .\n")
    (diagnostic,) = compilation.diagnostics
    assert diagnostic.code == "undeclared-prefix"
    assert diagnostic.help == "add `@prefix orm: <http://api.example.org/orm#> .` at the beginning"
    assert str(diagnostic.where) == "a.ttl:2:11"


def test_documents_do_not_see_the_prefixes_of_others() -> None:
    compilation = compiled(f"{PREFIXES}{BOOK}", "ex:Film a ex:Thing .", prefixes="")
    assert codes(compilation) == ["undeclared-prefix"]


def test_blank_nodes_of_two_documents_are_two() -> None:
    part = "ex:{} a orm:Entity ; orm:fields _:f . _:f <{}first> {} ; <{}rest> () .\n"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    documents = [part.format(name, rdf, KEY, rdf) for name in ("Book", "Film")]
    assert compiled(*documents).model


def test_lists_that_never_end_are_no_lists() -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    compilation = compiled(
        f"ex:Book a orm:Entity ; orm:fields _:f . _:f <{rdf}first> {KEY} ; <{rdf}rest> _:f .\n"
    )
    assert codes(compilation) == ["broken-list"]


def test_places_are_found_in_the_right_document() -> None:
    compilation = compiled(BOOK, f"\n\n{BOOK.replace('Book', 'Film')}")
    assert compilation.ontology
    span = compilation.ontology.positions.find(Place("<http://example.org/shop#Film>"))
    assert str(span) == f"b.ttl:{PREFIXES.count(chr(10)) + 3}:1"


def test_deep_nesting_is_no_traceback() -> None:
    compiled("ex:a ex:b " + "[ ex:c " * 5000 + "1" + " ]" * 5000 + " .")
    compiled("ex:a ex:b " + "( " * 5000 + " )" * 5000 + " .")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_anything_is_answered_by_diagnostics(text: str) -> None:
    compilation = compiled(text)
    assert compilation.model or compilation.diagnostics
    assert compilation.as_text() or compilation.model


@settings(deadline=None)
@given(st.data())
def test_mutations_are_answered_by_diagnostics(data: st.DataObject) -> None:
    tokens = f"{PREFIXES}{BOOK}".split(" ")
    index = data.draw(st.integers(0, len(tokens) - 1))
    other = data.draw(st.integers(0, len(tokens) - 1))
    what = data.draw(st.sampled_from(["drop", "double", "swap"]))
    if what == "drop":
        del tokens[index]
    elif what == "double":
        tokens.insert(index, tokens[index])
    else:
        tokens[index], tokens[other] = tokens[other], tokens[index]
    compilation = compiled(" ".join(tokens), prefixes="")
    assert compilation.model or compilation.diagnostics
    compilation.as_text()


class TestQueries:
    def test_rows(self) -> None:
        ontology = compiled(BOOK).ontology
        assert ontology
        rows = ontology.query(
            "SELECT ?e ?n WHERE { ?e a orm:Entity ; orm:fields/rdf:first/orm:fieldName ?n }"
        )
        assert rows == [{"e": "http://example.org/shop#Book", "n": "id"}]

    def test_what_is_unbound_is_left_out(self) -> None:
        ontology = compiled(BOOK).ontology
        assert ontology
        rows = ontology.query(
            "SELECT ?e ?t WHERE { ?e a orm:Entity OPTIONAL { ?e orm:tableName ?t } }"
        )
        assert rows == [{"e": "http://example.org/shop#Book"}]

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT * WHERE { SERVICE <http://elsewhere.example/> { ?s ?p ?o } }",
            "SELECT * WHERE { service silent <http://elsewhere.example/> { ?s ?p ?o } }",
            "SELECT * { FILTER(1<2)SERVICE<http://elsewhere.example/>{?s ?p ?o} }",
            "LOAD <http://elsewhere.example/>",
            "INSERT DATA { <a:a> <b:b> <c:c> }",
            "ASK { ?s ?p ?o }",
            "CONSTRUCT WHERE { ?s ?p ?o }",
            "SELECT ?s WHERE { nope:x ?p ?o }",
            "nonsense",
        ],
    )
    def test_what_is_refused(self, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            pytest.fail("a socket was opened")

        monkeypatch.setattr(socket, "socket", refuse)
        ontology = compiled(BOOK).ontology
        assert ontology
        with pytest.raises(QueryError) as refused:
            ontology.query(query)
        assert refused.value.diagnostic.code == "query-error"

    def test_words_in_strings_are_no_keywords(self) -> None:
        ontology = compiled(BOOK).ontology
        assert ontology
        assert ontology.query('SELECT ?s WHERE { ?s ?service " SERVICE " } # LOAD') == []
