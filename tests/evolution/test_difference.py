"""The steps between two models, without a database."""

from __future__ import annotations

import pytest

from terapin.evolution.change import changed
from terapin.evolution.difference import difference
from terapin.evolution.operations import (
    AddConstraint,
    AlterColumn,
    CreateTable,
    DropConstraint,
    Operation,
    RenameColumn,
    RenameConstraint,
    RenameIndex,
    RenameSequence,
    RenameTable,
)
from terapin.evolution.renames import in_order
from terapin.evolution.schema import sequence_name
from terapin.evolution.types import SqlType, conversion, keeps_values
from terapin.layers.migrations.words import file_name, words
from tests.ontologies import KEY, model_of

BOOK = f"""
ex:Book a orm:Entity ;
  orm:fields (
    {KEY}
    [ orm:fieldName "title" ; orm:fieldType "String" ; orm:index true ; orm:default "a@b.at" ]
    [ orm:fieldName "state" ; orm:fieldType "Enum" ; orm:values ( "new" "old" ) ]
  ) .
"""
TAG = f"ex:Tag a orm:Entity ; orm:fields ( {KEY} ) .\n"
TAGS = 'ex:Tags a rel:ManyToMany ; rel:from ex:Book ; rel:to ex:Tag ; rel:field "tags" ; rel:through "t" .'


def steps(before: str, after: str) -> tuple[Operation, ...]:
    return difference(changed(model_of(before), model_of(after)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"a@b.at"', '"c@b.at"'),
        ("orm:index true", "orm:index true ; orm:description 'its name' ; orm:minLength 2"),
        ('"title" ; orm:fieldType "String"', '"title" ; orm:fieldType "Email"'),
        ("ex:Book", "ex:Book orm:description 'A book' . ex:Book"),
    ],
)
def test_what_the_database_does_not_see_takes_no_step(old: str, new: str) -> None:
    assert old in BOOK
    assert steps(BOOK, BOOK.replace(old, new, 1)) == ()


def test_every_step_is_taken_back() -> None:
    first = difference(changed(None, model_of(BOOK + TAG + TAGS)))
    for step in (*first, *steps(BOOK, BOOK.replace('"new" ', "")), *steps(BOOK, TAG)):
        assert step.inverse().inverse() == step


def test_a_changed_enumeration_changes_its_check_alone() -> None:
    gone, new = steps(BOOK, BOOK.replace('"old"', '"used"'))
    assert isinstance(gone, DropConstraint)
    assert isinstance(new, AddConstraint)
    assert (gone.constraint.name, new.constraint.name) == ("ck_books_state", "ck_books_state")


def test_a_renamed_column_takes_its_names_along() -> None:
    renamed = BOOK.replace('"title"', '"name" ; orm:formerly "title"')
    assert steps(BOOK, renamed) == (
        RenameColumn("books", "title", "name"),
        RenameIndex("ix_books_title", "ix_books_name"),
    )
    assert steps(renamed, renamed) == ()


def test_a_renamed_entity_takes_along_the_names_of_what_refers_to_it() -> None:
    before, after = "ex:Book", 'ex:Volume a orm:Entity ; orm:formerly ex:Book ; orm:tableName "v"'
    relation = 'ex:R a rel:ManyToOne ; rel:from ex:Tag ; rel:to ex:Book ; rel:field "book" .'
    made = steps(
        BOOK + TAG + relation,
        BOOK.replace(f"{before} a orm:Entity", after) + TAG + relation.replace(before, "ex:Volume"),
    )
    assert RenameTable("books", "v") in made
    assert RenameConstraint("tags", "fk_tags_book_id_books", "fk_tags_book_id_v") in made
    assert not [step for step in made if isinstance(step, CreateTable | DropConstraint)]


def test_a_join_table_whose_ends_change_places_keeps_its_columns() -> None:
    turned = 'ex:Tags a rel:ManyToMany ; rel:from ex:Tag ; rel:to ex:Book ; rel:field "books" ; rel:through "t" .'
    assert not [
        step
        for step in steps(BOOK + TAG + TAGS, BOOK + TAG + turned)
        if isinstance(step, RenameColumn | AlterColumn)
    ]


def test_an_identity_takes_its_sequence_along() -> None:
    numbered = BOOK.replace('"UUID"', '"Integer"')
    moved = numbered.replace("ex:Book a orm:Entity", 'ex:Book a orm:Entity ; orm:tableName "b"')
    assert RenameSequence("books_id_seq", "b_id_seq") in steps(numbered, moved)


def test_names_are_given_when_they_are_free() -> None:
    assert [*in_order({"a": "b", "b": "c"})] == [("b", "c"), ("a", "b")]
    assert [*in_order({"a": "a"})] == []
    assert [*in_order({"a": "b", "b": "a"})] == [("a", "a_aside1"), ("b", "a"), ("a_aside1", "b")]


def test_words_say_what_changes_and_the_file_is_named_after_it() -> None:
    made = steps(
        BOOK, BOOK.replace('"old"', '"used"').replace('"title"', '"name" ; orm:formerly "title"')
    )
    assert words(made) == ("rename books.title to name", "hold books.state to 'new', 'used'")
    assert file_name(made) == "rename_books_title_to_name"
    many = "".join(TAG.replace("Tag", f"VeryLongNameOfAThing{n}") for n in range(9))
    assert len(file_name(steps(BOOK, BOOK + many))) <= 50


def test_sequences_are_called_as_postgresql_calls_them() -> None:
    assert sequence_name("users", "id") == "users_id_seq"
    assert sequence_name("t" * 63, "id") == f"{'t' * 56}_id_seq"
    assert sequence_name("t" * 40, "c" * 40) == f"{'t' * 29}_{'c' * 29}_seq"


@pytest.mark.parametrize(
    ("old", "new", "keeps"),
    [
        (SqlType("String", (50,)), SqlType("String", (50,)), True),
        (SqlType("String", (50,)), SqlType("String", (49,)), False),
        (SqlType("String", (50,)), SqlType("Text"), True),
        (SqlType("Text"), SqlType("String", (9000,)), False),
        (SqlType("Numeric", (8, 2)), SqlType("Numeric", (9, 3)), True),
        (SqlType("Numeric", (8, 2)), SqlType("Numeric", (9, 4)), False),
        (SqlType("Numeric", (8, 2)), SqlType("Numeric", (9, 1)), False),
        (SqlType("Integer"), SqlType("BigInteger"), True),
        (SqlType("BigInteger"), SqlType("Double"), False),
        (SqlType("Integer"), SqlType("Numeric", (12, 2)), True),
        (SqlType("Integer"), SqlType("Numeric", (11, 2)), False),
        (SqlType("Uuid"), SqlType("String", (36,)), True),
        (SqlType("Uuid"), SqlType("String", (35,)), False),
        (SqlType("DateTime"), SqlType("Date"), False),
        (SqlType("LargeBinary"), SqlType("Text"), False),
    ],
)
def test_types_keep_values_or_not(old: SqlType, new: SqlType, keeps: bool) -> None:
    assert keeps_values(old, new) is keeps


def test_a_conversion_cuts_nothing() -> None:
    """PostgreSQL cuts a text in an explicit cast, and in none that it makes by itself."""
    assert conversion(SqlType("Text"), SqlType("String", (9,)), "c") is None
    assert conversion(SqlType("Text"), SqlType("Integer"), "c") == "c::text::integer"
    assert "UTC" in (conversion(SqlType("Date"), SqlType("DateTime"), "c") or "")
