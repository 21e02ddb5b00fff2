from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from terapin.layers.toml import quoted


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_quoted_text_is_read_back(text: str) -> None:
    assert tomllib.loads(f"text = {quoted(text)}") == {"text": text}
