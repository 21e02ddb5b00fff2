"""Of two routes that can take the same path, the one that comes first is found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terapin.runtime.core.compiled.shortcut import Pattern, _Before

SEGMENTS = st.lists(st.sampled_from(["a", "b", "*"]), max_size=3)
PATTERNS = st.builds(
    lambda segments, is_open: Pattern(("", *segments), is_open=is_open), SEGMENTS, st.booleans()
)


@given(st.lists(PATTERNS, max_size=6), PATTERNS)
def test_a_route_that_comes_before_is_found_by_its_beginning(
    patterns: list[Pattern], pattern: Pattern
) -> None:
    before = _Before()
    for each in patterns:
        before.add("GET", each)
    assert before.meets("GET", pattern) == any(pattern.meets(each) for each in patterns)
    assert not before.meets("POST", pattern)
