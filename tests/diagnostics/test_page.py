from __future__ import annotations

from pathlib import Path

from terapin.diagnostics.page import page

DOCS = Path(__file__).parents[2] / "docs" / "reference"


def test_the_page_is_the_one_made_of_the_rules() -> None:
    """`python -m terapin.diagnostics.page > docs/reference/diagnostics.md` writes it."""
    assert (DOCS / "diagnostics.md").read_text("utf-8") == page()
