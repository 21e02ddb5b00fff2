"""Whatever a document asks for that the schema allows, nothing breaks."""

from __future__ import annotations

from tests.contract import EXAMPLES
from tests.graphql_contract import assert_nothing_breaks


def test_nothing_breaks(url: str) -> None:
    assert_nothing_breaks(url, 20 * EXAMPLES)
