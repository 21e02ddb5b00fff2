from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase

from terapin.model import naming, reserved
from terapin.model.plurals import plural
from terapin.model.words import words

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("HTTPServer", "HTTP Server"),
        ("createdAt", "created At"),
        ("created_at", "created at"),
        ("order-line.item", "order line item"),
        ("address2", "address2"),
        ("item2Count", "item2 Count"),
        ("3DModel", "3D Model"),
        ("Model3D", "Model 3D"),
        ("2ndAddress", "2nd Address"),
        ("MD5Hash", "MD5 Hash"),
        ("userIDs", "user IDs"),
        ("iPhone", "i Phone"),
        ("ISBN", "ISBN"),
        ("Straße", "Strasse"),
        ("Ångström", "Angstrom"),
        ("Пользователь", "Polzovatel"),
        ("Ωmega", "Omega"),
        ("a \u2013 b", "a b"),
    ],
)
def test_words(name: str, parts: str) -> None:
    assert words(name) == tuple(parts.split())


def test_letters_without_a_latin_form_still_tell_names_apart() -> None:
    names = {naming.class_name(name) for name in ("本book", "書book", "書", "🎉", "")}
    assert len(names) == 5
    assert all(IDENTIFIER.match(name) for name in names)


@pytest.mark.parametrize(
    ("iri", "class_name", "module", "table"),
    [
        ("http://x/orm#UserModel", "User", "user", "users"),
        ("http://x/Book", "Book", "book", "books"),
        ("http://x/Book/", "Book", "book", "books"),
        ("urn:shop:order-line", "OrderLine", "order_line", "order_lines"),
        ("http://x#HTTPServer", "HTTPServer", "http_server", "http_servers"),
        ("http://x#3DModel", "Model3D", "model_3d", "models_3d"),
        ("http://x#404", "Entity404", "entity_404", "entity_404s"),
        ("http://x#Model", "ModelEntity", "model", "models"),
        ("http://x#Optional", "OptionalEntity", "optional", "optionals"),
        ("http://x#Exception", "ExceptionEntity", "exception", "exceptions"),
        ("http://x#class", "Class", "class_", "classes"),
        ("http://x#Routers", "Routers", "routers_", "routers"),
        ("http://x#Con", "Con", "con_", "cons"),
        ("http://x#PgClass", "PgClass", "pg_class", "pg_classes_"),
        ("http://x#Metric", "Metric", "metric", "metrics_"),
        ("http://x#Category", "Category", "category", "categories"),
        ("http://x#Caf%C3%A9", "Cafe", "cafe", "cafes"),
    ],
)
def test_entities(iri: str, class_name: str, module: str, table: str) -> None:
    stem = naming.entity_stem(naming.local_name(iri))
    made = naming.class_name(stem), naming.module_name(stem), naming.table_name(stem)
    assert made == (class_name, module, table)


@pytest.mark.parametrize(
    ("name", "attribute", "column"),
    [
        ("email", "email", "email"),
        ("createdAt", "created_at", "createdAt"),
        ("first-name", "first_name", "first_name"),
        ("class", "class_", "class"),
        ("metadata", "metadata_", "metadata"),
        ("registry", "registry_", "registry"),
        ("schema", "schema_", "schema"),
        ("self", "self_", "self"),
        ("copy", "copy_", "copy"),
        ("model_config", "model_config_", "model_config"),
        ("str", "str_", "str"),
        ("row_version", "row_version_", "row_version_"),
        ("xmin", "xmin", "xmin_"),
        ("lateral", "lateral", "lateral_"),
        ("Tablesample", "tablesample", "Tablesample_"),
        ("_private", "private", "_private"),
        ("__init__", "init", "__init__"),
        ("2fa", "field_2fa", "field_2fa"),
        ("id", "id", "id"),
        ("type", "type", "type"),
        ("date", "date", "date"),
        ("hash", "hash", "hash"),
        ("format", "format", "format"),
        ("größe", "grosse", "grosse"),
    ],
)
def test_fields(name: str, attribute: str, column: str) -> None:
    assert (naming.attribute_name(name), naming.column_name(name)) == (attribute, column)


@pytest.mark.parametrize(
    ("singular", "many"),
    [
        line.split()
        for line in """
        user users;address addresses;status statuses;bus buses;box boxes;branch branches;wish wishes;quiz quizzes;
        category categories;day days;person people;salesperson salespeople;child children;man men;
        human humans;woman women;analysis analyses;crisis crises;leaf leaves;shelf shelves;knife knives;news news;
        series series;data data;people people;users users;settings settings;index indexes;hero heroes;photo photos;
        canvas canvases;lens lenses;process processes;criterion criteria;equipment equipment;currency currencies
        """.replace("\n", "").split(";")
        if line.strip()
    ],
)
def test_plurals(singular: str, many: str) -> None:
    assert plural(singular) == many


@pytest.mark.parametrize(
    ("service", "package"),
    [
        ("Blog", "blog"),
        ("My Shop API", "my_shop_api"),
        ("3D Shop", "shop_3d"),
        ("test", None),
        ("json", None),
        ("FastAPI", "fast_api"),
        ("fastapi", None),
        ("class", None),
        ("x" * 80, None),
    ],
)
def test_packages(service: str, package: str | None) -> None:
    assert naming.package_name(service) == package


@settings(deadline=None)
@given(st.text(max_size=120))
def test_every_made_name_is_legal(name: str) -> None:
    stem = naming.entity_stem(naming.local_name(name))
    made = [
        naming.class_name(stem),
        naming.module_name(stem),
        naming.attribute_name(name),
        naming.operation_name(name),
        naming.variable_name(naming.table_name(stem)),
    ]
    for each in made:
        assert IDENTIFIER.match(each)
        assert not keyword.iskeyword(each)
    assert naming.attribute_name(name) not in reserved.ATTRIBUTES
    assert naming.class_name(stem) not in reserved.CLASSES
    for safe in (naming.table_name(stem), naming.stated_table_name(name), naming.column_name(name)):
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", safe)
    assert len(naming.table_name(stem)) <= naming.SQL_NAME_BYTES


@settings(deadline=None)
@given(st.from_regex(r"[a-z]+(_[a-z]+)*", fullmatch=True))
def test_plain_names_stay_as_they_are(name: str) -> None:
    assert naming.attribute_name(name).removesuffix("_") == name
    assert naming.snake(name) == name


def test_reserved_names_are_those_of_pydantic() -> None:
    public = {name for name in dir(BaseModel) if not name.startswith("_")}
    assert public <= reserved.PYDANTIC_ATTRIBUTES | reserved.ATTRIBUTES
    assert reserved.PYDANTIC_ATTRIBUTES - public <= {
        "fields",
        "model_fields",
        "model_computed_fields",
    }


def test_reserved_names_are_those_of_sqlalchemy() -> None:
    class Base(AsyncAttrs, DeclarativeBase):
        pass

    public = {name for name in dir(Base) if not name.startswith("_")}
    assert public <= reserved.SQLALCHEMY_ATTRIBUTES
