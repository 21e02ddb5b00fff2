from __future__ import annotations

import re
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from terapin.ontology.patterns import objection

GOOD = [
    r"^[a-z0-9_]+$",
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    r"^\d{3}-\d{4}$",
    r"^(?:\+|00)[1-9][0-9]{1,14}$",
    r"^(?P<year>\d{4})$",
    r"(?i)^abc$",
    r"^[\w.-]+@[\w-]+\.[a-z]{2,}$",
    r"^[^\s]{1,200}$",
    r"\u00e9|\x41",
    r"^\w{200}$",
    r"a*?b+?c??",
    r"^[]a]$",
    r"\b\B",
    "",
]
BAD = [
    r"(?=a)",
    r"(?!a)",
    r"(?<=a)b",
    r"(?<!a)b",
    r"(a)\1",
    r"(?P<a>b)(?P=a)",
    r"(?>a)",
    r"a++",
    r"a{2}+",
    r"(?(1)a)",
    r"(?#comment)",
    r"\Z",
    r"\A",
    r"\p{L}",
    r"\<",
    r"[\b]",
    r"[[a]]",
    r"[a--b]",
    r"[a&&b]",
    r"a{",
    r"{",
    r"a{,3}",
    "(",
    "[",
    "*",
    r"a**",
    r"^\w{255}$",
    r"((a{100}){100}){100}",
    r"a{1001}",
    "a" * 1001,
    r"\0",
    r"\é",
    r"(a(?i)b)",
]


@pytest.mark.parametrize("pattern", GOOD)
def test_what_both_engines_understand(pattern: str) -> None:
    assert objection(pattern) is None
    TypeAdapter(Annotated[str, Field(pattern=pattern)])
    re.compile(pattern)


@pytest.mark.parametrize("pattern", BAD)
def test_what_is_refused(pattern: str) -> None:
    assert objection(pattern)


pieces = st.sampled_from(
    [
        "a", "é", "[a-z]", r"[^\d-]", r"\w", r"\d", r"\s", ".", "^", "$", "|", "(", ")", "(?:", "*", "+", "?",
        "{2}", "{1,3}", "{2,}", "{", "}", "]", "[", r"\.", r"\-", r"\1", r"\Z", "(?i)", "(?=", "&&", "--",
        r"\u00e9", r"\x4", r"\b", "-", r"\/", r"\ ", "#", " ", "\n",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(pieces, max_size=8).map("".join))
def test_what_is_accepted_compiles_in_both(pattern: str) -> None:
    if objection(pattern) is None:
        re.compile(pattern)
        TypeAdapter(Annotated[str, Field(pattern=pattern)])
