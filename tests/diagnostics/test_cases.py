"""Ontologies and the diagnostics that are shown for them, as they are shown.

`UPDATE_CASES=1 pytest tests/diagnostics/test_cases.py` writes what is expected: read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ontologies import compiled_sources

CASES = sorted((Path(__file__).parents[1] / "cases" / "diagnostics").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_shown(case: Path) -> None:
    documents = {path.name: path.read_text("utf-8") for path in sorted(case.glob("*.ttl"))}
    shown = compiled_sources(documents).as_text()
    expected = case / "expected.txt"
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(shown, "utf-8")
    assert shown == expected.read_text("utf-8")
