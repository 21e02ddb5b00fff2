from __future__ import annotations

import ast
import subprocess
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruff import find_ruff_bin

from terapin.layers.python import Imports, docstring, literal


@given(st.text() | st.integers() | st.booleans() | st.none() | st.tuples(st.text(), st.text()))
def test_a_literal_evaluates_to_its_value(value: Any) -> None:
    shown = literal(value)
    assert ast.literal_eval(shown) == value
    assert shown.isprintable()


def test_a_decimal_is_written_plainly() -> None:
    assert literal(Decimal("1E+2")) == 'Decimal("100")'


@given(st.text())
@pytest.mark.parametrize("quote", ['"""', "'''", "\\", '"', "\n", "{{ }}", "\u202e", "\x00"])
def test_a_docstring_stays_one(quote: str, text: str) -> None:
    source = docstring(text + quote + text + quote)
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


def test_imports_stand_as_ruff_wants_them() -> None:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name("..core.database", "text_enum", "Base")
    imports.name("..core", "wire", "domain_types")
    imports.name(".user", "User")
    imports.name(".thing2", "Thing2", "Thing10")
    imports.name(".thing10", "UUID", "Uuid", "uid")
    imports.name(".", "join_tables")
    imports.module("datetime as dt")
    imports.name("uuid", "uuid4", "UUID")
    imports.name("decimal", "Decimal")
    imports.name("sqlalchemy.dialects.postgresql", "JSONB")
    imports.name("sqlalchemy", "func", "ForeignKey", "String", "UniqueConstraint", "Index")
    imports.name("sqlalchemy_utils", "EmailType")
    imports.name("furl", "furl")
    imports.name("colour", "Color")
    source = imports.render() + "\n"
    run = subprocess.run(
        [find_ruff_bin(), "check", "--isolated", "--select=I", "--diff", "-"],
        input=source,
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.stdout == ""
