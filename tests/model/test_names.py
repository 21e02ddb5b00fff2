from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terapin.model.names import Claim, Names, NamesError, Register
from tests.ontologies import KEY, compiled, model_of

BOOK = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
OTHER_BOOK = f"<http://law.example/Book> a orm:Entity ; orm:fields ( {KEY} ) .\n"
IRI, OTHER_IRI = "http://example.org/shop#Book", "http://law.example/Book"

legal = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True)


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=20), st.dictionaries(st.text(max_size=9), legal, min_size=1))
)
def test_what_is_dumped_is_loaded(entries: dict[str, dict[str, str]]) -> None:
    text = Names(entries).dump()
    assert Names.load(text) == Names(entries)
    assert Names.load(text).dump() == text


def test_a_line_an_identity() -> None:
    names = Names({"b": {"class": "B", "attribute": "b"}, "a": {"class": "A"}})
    assert names.dump().splitlines() == [
        "{",
        '  "a": {"class": "A"},',
        '  "b": {"attribute": "b", "class": "B"}',
        "}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"a": 1}',
        '{"a": {"class": 1}}',
        '{"a": {"class": "x y"}}',
        '{"a": {"table": "../x"}}',
    ],
)
def test_what_is_no_table_of_names_is_refused(text: str) -> None:
    with pytest.raises(NamesError):
        Names.load(text)


def test_of_two_derived_names_the_later_is_qualified() -> None:
    model = model_of(BOOK, OTHER_BOOK)
    made = {iri: (each.class_name, each.module, each.table) for iri, each in model.entities.items()}
    assert made[IRI] == ("Book", "book", "books")
    assert made[OTHER_IRI] == ("LawExampleBook", "law_example_book", "law_example_books")


def test_a_class_whose_service_would_be_cores_is_called_otherwise() -> None:
    model = model_of(f"ex:Crud a orm:Entity ; orm:fields ( {KEY} ) .\n")
    [entity] = model.entities.values()
    assert f"{entity.class_name}Service" != "CrudService"


def test_a_pinned_name_does_not_give_way() -> None:
    first = compiled(OTHER_BOOK)
    second = compiled(BOOK, OTHER_BOOK, pinned=first.names)
    assert second.model
    assert second.model.entities[OTHER_IRI].class_name == "Book"
    assert second.model.entities[IRI].class_name == "ShopBook"


def test_a_stated_name_takes_precedence_over_a_pinned_one() -> None:
    first = compiled(BOOK)
    stated = f'ex:Film a orm:Entity ; orm:className "Book" ; orm:fields ( {KEY} ) .\n'
    second = compiled(BOOK, stated, pinned=first.names)
    assert second.model
    assert second.model.entities["http://example.org/shop#Film"].class_name == "Book"
    assert second.model.entities[IRI].class_name == "ShopBook"


def test_names_of_what_is_gone_are_kept_but_free() -> None:
    first = compiled(BOOK)
    second = compiled(OTHER_BOOK, pinned=first.names)
    assert second.model
    assert second.model.entities[OTHER_IRI].class_name == "Book"
    assert second.names.get(IRI, "class") == "Book"


def test_pinned_names_come_back_the_same() -> None:
    first = compiled(BOOK, OTHER_BOOK)
    second = compiled(BOOK, OTHER_BOOK, pinned=Names.load(first.names.dump()))
    assert second.names == first.names
    assert second.model == first.model
    assert json.loads(first.names.dump()) == first.names.entries


def test_stated_names_that_are_made_alike_collide() -> None:
    entity = 'ex:{} a orm:Entity ; orm:className "{}" ; orm:tableName "{}" ; orm:fields ( {} ) .\n'
    compilation = compiled(
        entity.format("A", "OrderLine", "a", KEY) + entity.format("B", "order-line", "A", KEY)
    )
    messages = sorted(each.message for each in compilation.diagnostics)
    assert messages == [
        "ex:A and ex:B have the same class 'OrderLine'",
        "ex:A and ex:B have the same table 'A'",
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), legal), max_size=8), st.dictionaries(st.integers(0, 7), legal)
)
def test_names_differ_unless_two_are_stated(
    wanted: list[tuple[bool, str]], pinned: dict[int, str]
) -> None:
    claims = [
        Claim(str(number), stated=name) if stated else Claim(str(number), derived=[name])
        for number, (stated, name) in enumerate(wanted)
    ]
    register = Register(Names({str(number): {"role": name} for number, name in pinned.items()}))
    register.give("role", claims, set())
    stated_names = {name.casefold() for stated, name in wanted if stated}
    made = [
        register.name(str(number), "role")
        for number, (stated, _) in enumerate(wanted)
        if not stated
    ]
    assert len(set(made)) == len(made)
    assert not stated_names.intersection(made)
