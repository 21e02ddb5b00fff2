from __future__ import annotations

import logging
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, SecretStr, ValidationError, create_model

from terapin.runtime.core.logs import JsonFormatter, request_id
from terapin.runtime.core.merge import merged
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema
from terapin.runtime.core.settings import MongodbSettings, PostgresqlSettings

from .blog.settings import Settings


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        # The examples of RFC 7396.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(target: Any, patch: Any, result: Any) -> None:
    before = orjson.dumps(target)
    assert merged(target, patch) == result
    assert orjson.dumps(target) == before


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgres://u:p@h:1/d", "postgresql+asyncpg://u:p@h:1/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+asyncpg://u:p@h/d?ssl=require"),
    ],
)
def test_urls_of_postgresql_are_understood(given: str, used: str) -> None:
    settings = PostgresqlSettings(url=SecretStr(given))
    assert settings.sqlalchemy_url.render_as_string(hide_password=False) == used
    assert "p@h" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        "mongodb://u:p@h:1",
        "mongodb://u:p@h:1,i:2,j:3/?replicaSet=r",
        "mongodb://[::1]:1/d",
        "mongodb+srv://h.example.org",
    ],
)
def test_urls_of_mongodb_may_have_several_hosts(given: str) -> None:
    assert MongodbSettings(url=SecretStr(given)).given_url == given


@pytest.mark.parametrize(
    "given", ["mysql://u:p@h/d", "sqlite://", "nonsense", "postgresql://u:p@h:port/d"]
)
def test_other_databases_are_refused_without_a_word_of_the_password(given: str) -> None:
    with pytest.raises(ValidationError, match="postgresql://user:password@host:port/database"):
        PostgresqlSettings(url=SecretStr(given))


def test_a_missing_url_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BLOG_DATABASE_URL", raising=False)
    assert Settings().missing(["database"]) == ["BLOG_DATABASE_URL"]


def test_json_lines_hold_what_was_logged() -> None:
    token = request_id.set("r1")
    record = logging.LogRecord("x", logging.INFO, "f", 1, "a %s", ("b",), None)
    record.status = 200
    line = orjson.loads(JsonFormatter().format(record))
    request_id.reset(token)
    assert (line["message"], line["request_id"], line["status"]) == ("a b", "r1", 200)


@pytest.mark.parametrize("base", [CreateSchema, ReadSchema, UpdateSchema])
def test_fields_may_begin_like_methods_of_pydantic(base: type[BaseModel]) -> None:
    """Without a warning, which would be an error here."""
    made: Any = create_model(
        "Made", __base__=base, model_validate_=(int, 1), model_dump_of=(int, 2)
    )
    assert made().model_dump() == {"model_validate_": 1, "model_dump_of": 2}
