"""Schemathesis reads the OpenAPI document of the blog and finds nothing that contradicts it."""

from __future__ import annotations

from pathlib import Path

from tests.contract import assert_keeps_contract

from .blog.main import create_app
from .blog.settings import Settings

# There are fewer phone numbers than their pattern lets through.
CONTACTS = """
[[operations]]
include-tag = "contacts"
checks.positive_data_acceptance.enabled = false
"""


def test_nothing_contradicts_the_document(url: str, tmp_path: Path) -> None:
    assert_keeps_contract(create_app(Settings()).openapi(), url, tmp_path, CONTACTS)
