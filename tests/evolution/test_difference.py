"""The steps between two models, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terapin.evolution import schema
from terapin.evolution.change import changed
from terapin.evolution.difference import difference
from terapin.evolution.judging import objections
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
from terapin.evolution.schema import IDEMPOTENCY_KEYS, PrimaryKey, sequence_name
from terapin.evolution.types import SqlType, conversion, keeps_values
from terapin.layers.migrations.words import file_name, words
from terapin.model import CORE_TABLES
from terapin.project.model_file import dump_model, load_model
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


ARCHIVE = 'ex:Archive a db:DataSource ; db:type "mongodb" .\n'
TITLE = '[ orm:fieldName "title" ; orm:fieldType "String" {} ]'


def document(*fields: str, more: str = "") -> str:
    stated = f"orm:dataSource ex:Archive ; orm:fields ( {KEY} {' '.join(fields)} ) {more}"
    return f"{ARCHIVE}ex:Book a orm:Entity ; {stated} .\n"


def told(before: str, after: str) -> list[tuple[str, str, str | None]]:
    found = objections(changed(model_of(before), model_of(after)), shorten=short)
    return [(each.code, each.message, each.help) for each in found]


def short(iri: str) -> str:
    return iri.rpartition("#")[2]


class TestDocuments:
    def test_they_have_no_migration(self) -> None:
        assert difference(changed(None, model_of(document()))) == ()
        assert (
            steps(document(TITLE.format("")), document(TITLE.format("").replace("title", "name")))
            == ()
        )

    def test_a_foreign_key_to_one_is_a_column_with_an_index(self) -> None:
        refers = 'ex:R a rel:ManyToOne ; rel:from ex:Tag ; rel:to ex:Book ; rel:field "book" .'
        first = difference(changed(None, model_of(document() + TAG + refers)))
        tables = [each.table for each in first if isinstance(each, CreateTable)]
        tags = next(each for each in tables if each.name == "tags")
        assert [each.name for each in tables] == ["tags", "idempotency_keys"]
        assert [each.name for each in tags.columns] == ["id", "book_id", "row_version"]
        assert [type(each) for each in tags.constraints] == [PrimaryKey]
        assert [each.columns for each in tags.indexes] == [("book_id", "id")]

    def test_a_renamed_field_is_told_with_the_command(self) -> None:
        renamed = TITLE.format('; orm:formerly "title"').replace('"title"', '"name"', 1)
        assert told(document(TITLE.format("")), document(renamed)) == [
            (
                "documents-stay",
                "in the collection books, 'title' is called 'name' from now on",
                'in mongosh: `db.books.updateMany({}, {$rename: {"title": "name"}})`',
            )
        ]

    def test_a_renamed_collection_is_told_with_the_command(self) -> None:
        renamed = document(more='; orm:tableName "stats"')
        assert [each[2] for each in told(document(), renamed)] == [
            'in mongosh: `db.books.renameCollection("stats")`'
        ]
        assert [each[2] for each in told(renamed, document())] == [
            'in mongosh: `db.getCollection("stats").renameCollection("books")`'
        ]

    @pytest.mark.parametrize(
        ("stated", "value"),
        [
            ('"String"', "…"),
            ('"UUID"', "…"),
            ('"DateTime" ; orm:default "now"', "new Date()"),
            ('"Date" ; orm:default "now"', "…"),
            ('"JSON" ; orm:default "[1]"', "[1]"),
        ],
    )
    def test_a_required_field_that_documents_lack_is_told(self, stated: str, value: str) -> None:
        field = f'[ orm:fieldName "new" ; orm:fieldType {stated} ]'
        assert [each[2] for each in told(document(), document(field))] == [
            f'in mongosh: `db.books.updateMany({{"new": {{$exists: false}}}}, {{$set: {{"new": {value}}}}})`'
        ]
        assert told(document(), document(field.replace(" ]", " ; orm:nullable true ]"))) == []

    @pytest.mark.parametrize(
        "stated", ['"String" ; orm:default "a"', '"Boolean" ; orm:default false']
    )
    def test_what_migrate_fills_in_is_not_told(self, stated: str) -> None:
        field = f'[ orm:fieldName "new" ; orm:fieldType {stated} ]'
        nullable = field.replace(" ]", " ; orm:nullable true ]")
        assert told(document(), document(field)) == []
        assert told(document(nullable), document(field)) == []

    def test_another_type_is_told(self) -> None:
        text = TITLE.format("")
        assert told(document(text), document(text.replace('"String"', '"Text"'))) == []
        assert [
            each[0] for each in told(document(text), document(text.replace('"String"', '"Date"')))
        ] == ["documents-stay"]

    @pytest.mark.parametrize("other", [BOOK, document().replace("Archive", "Other")])
    def test_what_moves_is_a_loss(self, other: str) -> None:
        """And no other entity is taken for it."""
        for before, after in ((document(), other), (other, document())):
            (moved, *rest) = told(before, after + TAG)
            assert moved[0] == "data-loss"
            assert moved[1].startswith("Book moves from ")
            assert not rest

    def test_what_moves_and_what_goes_are_told_apart(self) -> None:
        assert [each[1] for each in told(BOOK + TAG, document())] == [
            "the table tags of Tag would be dropped with its rows",
            "Book moves from database to archive: the table books would be dropped with its rows",
        ]


class TestTablesOfCore:
    def test_a_service_without_a_database_has_none(self) -> None:
        assert difference(changed(None, model_of(document()))) == ()
        (created,) = steps(
            document(), document() + 'ex:Main a db:DataSource ; db:type "postgresql" .'
        )
        assert created == CreateTable(IDEMPOTENCY_KEYS)

    def test_what_core_gains_comes_to_projects_that_are_there(self) -> None:
        model = model_of(BOOK)
        old = load_model(dump_model(model))
        assert "core_tables" not in dump_model(model).decode()
        assert difference(changed(old, model)) == ()
        assert difference(changed(replace(old, core_tables=()), model)) == (
            CreateTable(IDEMPOTENCY_KEYS),
        )

    def test_all_of_today_are_described(self) -> None:
        assert {*schema.CORE_TABLES} == {*CORE_TABLES}
