from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.tera.oracle import Case, Oracle, ours

Check = Callable[..., None]


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    oracle = Oracle()
    yield oracle
    oracle.close()


@pytest.fixture
def check(oracle: Oracle) -> Check:
    """Whether both render a template, or the last of several, to the expected text."""

    def check(templates: str | dict[str, str], expected: str, **context: object) -> None:
        if isinstance(templates, str):
            templates = {"t.txt": templates}
        case = Case(templates, context)
        terapin = ours(case)
        assert terapin.output == expected, terapin.error
        assert oracle(case).output == expected, "not what Tera renders"

    return check
