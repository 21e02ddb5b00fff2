from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from terapin.layers.markdown import plain

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(st.sampled_from("ab1.)#*_~`<>[]()|\\&;!-+=:/\"'"), min_size=1))
@pytest.mark.parametrize("before", ["", "# "])
def test_a_line_is_one_text(before: str, line: str) -> None:
    opening, inline, closing = PARSER.parse(before + plain(line))
    assert (opening.tag, closing.tag) == (("h1", "h1") if before else ("p", "p"))
    assert {token.type for token in inline.children or []} <= {"text", "text_special"}
