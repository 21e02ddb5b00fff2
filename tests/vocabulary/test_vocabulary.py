from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from terapin.model import FieldType, Kind
from terapin.vocabulary import Term, said_of, vocabulary
from terapin.vocabulary.namespaces import OURS
from terapin.vocabulary.page import page
from terapin.vocabulary.terms import (
    CONDITION,
    FIELD,
    PARAMETER,
    PAYLOAD_FIELD,
    RELATIONSHIP,
    TASK_PARAMETER,
)
from tests.ontologies import KEY, PREFIXES, codes, compiled

DOCS = Path(__file__).parents[2] / "docs" / "reference"
TERMS = list(vocabulary().terms.values())
BUILT = [term for term in TERMS if term.built and not term.is_class]
PLANNED = [term for term in TERMS if not term.built]
ALL_PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in OURS.items()) + PREFIXES


def test_the_page_is_the_one_made_of_the_turtle() -> None:
    """`python -m terapin.vocabulary.page > docs/reference/vocabulary.md` writes it."""
    assert (DOCS / "vocabulary.md").read_text("utf-8") == page()


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_terms_are_described(term: Term) -> None:
    assert term.label
    assert term.comment.endswith(".")
    assert term.name in term.example
    assert term.is_class or (term.domain and term.takes)
    assert not compiled_example(term).startswith("error[syntax-error]")


@pytest.mark.parametrize("term", [term for term in TERMS if term.is_class and term.built])
def test_what_does_nothing_of_its_own_is_told_to_be_unused(term: Term) -> None:
    """docs/checking.md promises so."""
    own = {"api:Service", "api:Endpoint", "orm:Entity", "db:DataSource", "async:CacheStrategy"}
    own |= {"task:AsyncTask", "ws:Channel", *(f"rel:{kind}" for kind in Kind)}
    book = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
    told = codes(compiled(f"{book}ex:x a {term.name} ."))
    assert ("unused-declaration" in told) is (term.name not in own)


def compiled_example(term: Term) -> str:
    example = term.example if term.is_class else f"ex:x {term.example} ."
    return compiled(example, prefixes=ALL_PREFIXES).as_text()


def test_domains_are_classes_or_known_nodes() -> None:
    nodes = {FIELD, PARAMETER, RELATIONSHIP, TASK_PARAMETER, PAYLOAD_FIELD, CONDITION}
    for term in TERMS:
        for domain in term.domain:
            assert domain in nodes or vocabulary().terms[domain].is_class


def test_types_are_those_of_the_model() -> None:
    assert [each.name for each in vocabulary().types] == list(FieldType)
    kinds = [term.name for term in vocabulary().of_prefix("rel") if term.is_class]
    assert kinds == [f"rel:{kind}" for kind in Kind]


@pytest.mark.parametrize("term", PLANNED, ids=lambda term: term.name)
def test_what_is_not_built_is_refused(term: Term) -> None:
    statement = f"ex:x a {term.name} ." if term.is_class else f"ex:Book {term.name} 1 ."
    book = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
    assert codes(compiled(book + statement, prefixes=ALL_PREFIXES)) == ["not-yet"]


WRONG = {
    "string": "5",
    "boolean": '"yes"',
    "whole number": '"5"',
    "number": '"5"',
    "list": '"x"',
    "IRI": '"x"',
    "orm:Entity": '"x"',
    "db:DataSource": '"x"',
    "async:ConnectionPool": '"x"',
    "async:CircuitBreaker": '"x"',
    "async:RetryPolicy": '"x"',
    "async:CacheStrategy": '"x"',
    "seconds": '"x"',
    "type": '"x"',
}


@pytest.mark.parametrize("term", BUILT, ids=lambda term: term.name)
def test_the_reader_takes_what_the_vocabulary_says(term: Term) -> None:
    """A value of another kind than the range is reported at the value, and nothing else is."""
    wrong = '"x"' if term.values else WRONG.get(term.takes)
    if wrong is None:
        return
    compilation = compiled(statement_with(term, wrong))
    found = codes(compilation)
    assert found in (["wrong-value"], ["unknown-type"]), compilation.as_text()
    assert wrong in compilation.as_text()


def statement_with(term: Term, value: str) -> str:
    said = f"{term.name} {value}"
    entity = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
    if term.iri in said_of("http://api.example.org/orm#Entity"):
        fields = "" if term.name == "orm:fields" else f"; orm:fields ( {KEY} )"
        return f"ex:Book a orm:Entity ; {said} {fields} ."
    if term.iri in said_of(FIELD):
        others = {"orm:fieldName": '"x"', "orm:fieldType": '"Enum"', "orm:values": '( "x" )'}
        stated = " ; ".join(f"{name} {each}" for name, each in others.items() if name != term.name)
        return f"ex:Book a orm:Entity ; orm:fields ( {KEY} [ {said} ; {stated} ] ) ."
    if term.iri in said_of(RELATIONSHIP):
        others = {
            "rel:from": "ex:Book",
            "rel:to": "ex:Book",
            "rel:field": '"x"',
            "rel:nullable": "true",
        }
        stated = " ; ".join(f"{name} {each}" for name, each in others.items() if name != term.name)
        return f"{entity} ex:R a rel:OneToMany ; {said} ; {stated} ."
    if term.iri in said_of(CONDITION):
        other = "auth:equals 1" if term.name == "auth:field" else 'auth:field "id"'
        nobody = "auth:create () ; auth:update () ; auth:delete ()"
        condition = f"auth:read [ {said} ; {other} ]"
        return f"ex:Book a orm:Entity ; {condition} ; {nobody} ; orm:fields ( {KEY} ) ."
    if term.prefix == "db":
        others = {"db:type": '"redis"'}
        stated = " ; ".join(f"{name} {each}" for name, each in others.items() if name != term.name)
        return f"ex:Store a db:DataSource ; {' ; '.join(filter(None, [said, stated]))} ."
    if term.prefix == "async":
        config = {
            "async:ConnectionPool": "db:poolConfig",
            "async:CircuitBreaker": "db:circuitBreakerConfig",
            "async:RetryPolicy": "db:retryConfig",
            "async:CacheStrategy": "db:cacheConfig",
        }
        kind = vocabulary().terms[term.domain[0]].name
        store = f'ex:Store a db:DataSource ; db:type "redis" ; {config[kind]} ex:x .\n'
        return f"{store}ex:x a {kind} ; {said} ."
    if term.iri in said_of("http://api.example.org/websocket#Channel"):
        return f"{entity} ex:C a ws:Channel ; {said} ."
    if term.iri in said_of("http://api.example.org/websocket#Message"):
        return f"{entity} ex:C a ws:Channel ; ws:messages ( ex:M ) . ex:M a ws:Message ; {said} ."
    if term.iri in said_of("http://api.example.org/api#Service"):
        return f"{entity} ex:S a api:Service ; {said} ."
    if term.iri in said_of("http://api.example.org/task#AsyncTask"):
        return f"{entity} ex:T a task:AsyncTask ; {said} ."
    if term.iri in said_of(TASK_PARAMETER):
        more = {"task:name": '"x"', "task:type": '"UUID"'}
        inner = " ; ".join(f"{name} {each}" for name, each in more.items() if name != term.name)
        return f"ex:T a task:AsyncTask ; task:parameters ( [ {said} ; {inner} ] ) ."
    others = {"api:method": '"GET"', "api:path": '"/x"'}
    stated = " ; ".join(f"{name} {each}" for name, each in others.items() if name != term.name)
    if term.iri in said_of(PARAMETER):
        more = {"api:name": '"x"', "api:type": '"UUID"'}
        inner = " ; ".join(f"{name} {each}" for name, each in more.items() if name != term.name)
        return f"ex:E a api:Endpoint ; {stated} ; api:parameters ( [ {said} ; {inner} ] ) ."
    return f"ex:E a api:Endpoint ; {said} ; {stated} ."


def test_the_command_line_does_not_read_it() -> None:
    program = "import sys, terapin.cli; print([m for m in sys.modules if 'vocabulary' in m or 'oxigraph' in m])"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
