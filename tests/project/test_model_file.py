"""The model, written and read again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from terapin.model import Place
from terapin.project.errors import ProjectError
from terapin.project.model_file import dump_model, load_model
from tests.ontologies import KEY, compiled_sources, model_of
from tests.synthetic import ontology

ROOT = Path(__file__).parents[2]
ONTOLOGIES = sorted(
    [*(ROOT / "tests/cases").glob("*/*/ontology.ttl"), *(ROOT / "examples").glob("*/*.ttl")]
)


@pytest.mark.parametrize("path", ONTOLOGIES, ids=lambda path: path.parent.name)
def test_a_model_is_read_as_it_was_but_for_what_concerns_no_table(path: Path) -> None:
    model = compiled_sources({path.name: path.read_text("utf-8")}).model
    assert model is not None
    without = replace(
        without_places(model), graphql=None, tasks=(), access=None, channels=(), messages=()
    )
    assert load_model(dump_model(model)) == without


def without_places(value: Any) -> Any:
    if isinstance(value, Place):
        return Place("")
    if isinstance(value, tuple):
        return tuple(map(without_places, value))
    if isinstance(value, dict):
        return {key: without_places(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value)]
        return replace(value, **{name: without_places(getattr(value, name)) for name in names})
    return value


SHOP = """
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "price" ; orm:fieldType "Decimal" ; orm:default 1.50 ; orm:formerly "cost" ]
    [ orm:fieldName "added" ; orm:fieldType "DateTime" ; orm:default "now" ]
  ) .
"""


def test_a_field_is_a_line_without_blank_nodes_and_former_names() -> None:
    text = dump_model(model_of(SHOP)).decode()
    (line,) = [line for line in text.splitlines() if '"price"' in line]
    assert json.loads(line.strip().rstrip(",")) == {
        "attribute": "price",
        "column": "price",
        "default": "1.50",
        "iri": "http://example.org/shop#Book price",
        "name": "price",
        "precision": 18,
        "scale": 4,
        "type": "Decimal",
    }
    assert "_:" not in text


def test_the_default_of_a_number_stays_exact() -> None:
    (book,) = load_model(dump_model(model_of(SHOP))).entities.values()
    assert repr(book.field("price").default) == repr(Decimal("1.50"))


def test_what_an_older_or_newer_terapin_wrote_is_read() -> None:
    dumped = dump_model(model_of(SHOP))
    data = json.loads(dumped)
    data["of_the_future"] = {"entities": 1}
    assert load_model(json.dumps(data, indent=1).encode()) == load_model(dumped)


@pytest.mark.parametrize(
    "content",
    [
        b"<<<<<<< ours",
        b"[]",
        b"{}",
        b'{"name": "a"}',
        b"\xff",
        pytest.param(b'{"entities":' * 100_000, id="too deep"),
        pytest.param(dump_model(model_of(SHOP)).replace(b'"1.50"', b'"cheap"'), id="no number"),
        pytest.param(
            dump_model(model_of(SHOP)).replace(b'"column": "id"', b'"column": {}'), id="no text"
        ),
    ],
)
def test_what_is_no_model_is_an_error_with_a_way_out(content: bytes) -> None:
    with pytest.raises(ProjectError, match=r"model\.json cannot be read") as raised:
        load_model(content)
    assert "version control" in raised.value.notes[0]


BLOG = f"""
ex:User a orm:Entity ; orm:fields ( {KEY} ) .
ex:Post a orm:Entity ; orm:uniqueTogether ( ( "title" "text" ) ) ;
  orm:fields (
    {KEY}
    [ orm:fieldName "title" ; orm:fieldType "String" ]
    [ orm:fieldName "text" ; orm:fieldType "Text" ]
  ) .
"""
POSTS = 'ex:Posts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:field "posts" .'
LIKES = 'ex:Likes a rel:ManyToMany ; rel:from ex:Post ; rel:to ex:User ; rel:field "likes" .'
USER, POST = "http://example.org/shop#User", "http://example.org/shop#Post"


def without_user(data: Any) -> None:
    del data["entities"][USER]


def without_key(data: Any) -> None:
    del data["entities"][USER]["fields"][0]


def without_title(data: Any) -> None:
    fields_ = data["entities"][POST]["fields"]
    fields_[:] = [each for each in fields_ if each["name"] != "title"]


def with_both_names(data: Any) -> None:
    data["entities"]["ex:Note"] = data["entities"][POST]


def with_both_lines(data: Any) -> None:
    fields_ = data["entities"][POST]["fields"]
    fields_.append(fields_[-1] | {"nullable": True})


@pytest.mark.parametrize(
    ("relationship", "merge", "mistake"),
    [
        (POSTS, without_user, f"{POST} refers to {USER}, which is not there"),
        (LIKES, without_user, f"{POST} refers to {USER}, which is not there"),
        ("", without_key, f"{USER} has not one primary key"),
        ("", without_title, f"{POST} has no field title"),
        ("", with_both_names, f"{POST} and ex:Note have one table"),
        ("", with_both_lines, f"{POST} has a field twice"),
    ],
)
def test_a_merge_by_hand_that_does_not_fit_together_is_an_error(
    relationship: str, merge: Callable[[Any], None], mistake: str
) -> None:
    data = json.loads(dump_model(model_of(BLOG + relationship)))
    merge(data)
    with pytest.raises(ProjectError, match=rf"cannot be read: {re.escape(mistake)}$"):
        load_model(json.dumps(data).encode())


def test_a_large_model_is_written_quickly() -> None:
    """At most 0.3 s of processor time for 1,000 entities, whatever else the machine does."""
    model = compiled_sources({"a.ttl": ontology(1000)}).model
    assert model is not None
    started = process_time()
    dump_model(model)
    assert process_time() - started < 0.3
