"""Passwords in URLs are shown nowhere."""

from __future__ import annotations

import time

import pytest

from terapin.diagnostics import Severity
from terapin.diagnostics.masking import masked
from terapin.diagnostics.rule import Rule


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://joe:k7Jq@db/shop", "postgresql://joe:****@db/shop"),
        ("redis://:k7Jq@db", "redis://:****@db"),
        ("a://u:p@x@db b://u:p@db", "a://u:***@db b://u:*@db"),
        ('"mongodb://db/?password=k7Jq&tls=true"', '"mongodb://db/?password=****&tls=true"'),
        ('"mongodb://db/?tls=true&pwd=k7Jq" .', '"mongodb://db/?tls=true&pwd=****" .'),
    ],
)
def test_every_character_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://joe@db:5432/shop",
        "mongodb://joe:...@db",
        "redis://[::1]:6379/0",
        "http://example.org:80/a@b",
        "https://example.org/?passage=1&page=2",
        "a: joe:k7Jq@db",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert masked(text) == text


def test_messages_notes_and_helps_are_masked() -> None:
    rule = Rule(
        code="x", severity=Severity.ERROR, summary="", explanation="", example="", mended=""
    )
    url = "redis://:k7Jq@db"
    told = rule.at(None, url, help=url, notes=(url,))
    assert {told.message, told.help, *told.notes} == {"redis://:****@db"}


@pytest.mark.parametrize("part", ["://", "://a:", "?", "&a", "?pass", "://a:b@"])
def test_long_lines_take_no_time(part: str) -> None:
    started = time.perf_counter()
    masked("://" + part * 200_000)
    assert time.perf_counter() - started < 2
