"""The same requests are answered alike, wherever the rows lie."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from terapin.runtime.core.database import session_of
from terapin.runtime.core.parameters import parameters_of
from terapin.runtime.core.resource import Resource

from .club.endpoints.sample import samples
from .club.endpoints.twin import twins
from .harness import Api, Json

# By field: values that rows have, some of them several rows.
VALUES: dict[str, list[Any]] = {
    "limit": [0, 1, -5, 2**31 - 1],
    "class": ["a", "ab", "b", "", "a.c", "50%", "_", "\\d", "ä", "\n", "$a", "A"],
    "big": [2**53 + 1, 2**53, -(2**63), 2**63 - 1],
    "ratio": [0.5, -0.5, 0.0, 1e300, 5e-324],
    "amount": ["0", "1.5", "-1.5", "1.0000000001", "12345678901234567890.0123456789"],
    "flag": [True, False],
    "day": ["0001-01-02", "1969-12-31", "2026-11-22", "9999-12-30"],
    "at": ["00:00:00", "09:30:00", "09:30:00.5", "23:59:59.999999"],
    "moment": [
        "0001-01-02T00:00:00+00:00",
        "1969-12-31T23:59:59.999+00:00",
        "2026-11-22T15:57:03.75+00:00",
        "2026-11-22T15:57:03.751+00:00",
        "9999-12-30T23:59:59.999+00:00",
    ],
    "span": ["PT0S", "-PT1S", "PT0.000001S", "P1DT2H", "P99999999D"],
}
COLUMNS = {name: f"{name}_" if name == "class" else name for name in VALUES}
# What is compared with them beside themselves.
OTHERS: dict[str, list[str]] = {
    "amount": ["1.50", "1.00000000005", "0.3333333333333333333333333333333333333333333", "-1E-30"],
    "moment": [
        "2026-11-22T15:57:03.7505+00:00",
        "1969-12-31T23:59:59.9995+00:00",
        "9999-12-30T23:59:59.9985+00:00",
        "2026-11-22T16:57:03.75+01:00",
    ],
    "class": ["%", "a_", "[a", "(", "a b", "c"],
}
ORDERED = ("eq", "ne", "lt", "lte", "gt", "gte", "in")
TEXT = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "startswith")
ROWS = 40
QUERIES = 120


async def test_the_same_requests_find_the_same_rows_in_the_same_order(club: Api) -> None:
    chance = Random(7)
    await _fill(club, chance)
    for _ in range(QUERIES):
        parameters = _parameters(chance)
        one = await _walk(club, "/twins", parameters)
        other = await _walk(club, "/samples", parameters)
        assert one == other, parameters


async def test_the_same_rows_are_skipped(club: Api) -> None:
    await _fill(club, Random(11))
    async with session_of(club.sources) as session:
        for sort in ("limit", "-class,limit", "flag,-amount", "-moment"):
            for offset in (1, ROWS // 2, ROWS - 1, ROWS):
                one = await _skipped(session, twins, sort, offset)
                other = await _skipped(session, samples, sort, offset)
                assert one == other, (sort, offset)


# By field: what is written, and in other words the same; or else something else.
SAME: dict[str, list[tuple[Any, Any]]] = {
    "amount": [("0", "0.0"), ("-0", 0), ("1.5", "1.50"), ("1000", "1e3")],
    "site": [("https://example.org/a?b=c", "https://example.org/a?b=c")],
    "tree": [
        (-0.0, 0.0),
        (1e16, 10**16),
        ([1e300], [1e300]),
        ({"a": [1e-7], "b": -0.0}, {"b": 0.0, "a": [1e-7]}),
        ([{"a": 1, "b": 2}], [{"b": 2, "a": 1}]),
    ],
    "ratio": [(1e16, 10**16), (-0.0, -0.0)],
    "span": [("PT26H", "P1DT2H")],
}
OTHER: dict[str, list[tuple[Any, Any]]] = {
    "site": [("https://example.org/", "https://example.org/b")],
    "tree": [(1, 1.0), (1, True), ([0], [False]), ({"a": 1}, {"a": 2}), ([1, 2], [2, 1])],
    "ratio": [(0.0, -0.0)],
}


async def test_a_change_is_answered_as_it_is_read(club: Api) -> None:
    for path, more in (("/twins", {}), ("/samples", {"site": "https://example.org/", "tree": 1})):
        for version, cases in (("1", SAME), ("2", OTHER)):
            for field, pairs in cases.items():
                for before, after in pairs:
                    created = await club.post(path, **{**more, field: before})
                    url = f"{path}/{created['id']}"
                    answer = await club.client.patch(url, json={field: after})
                    assert answer.headers["etag"] == f'"{version}"', (path, field, before, after)
                    assert answer.json() == await club.get(url)


async def _skipped(
    session: AsyncSession, resource: Resource, sort: str, offset: int
) -> list[dict[str, Any]]:
    order = ",".join([sort, *VALUES])
    query, _ = parameters_of(resource).page([("sort", order), ("limit", "5")])
    page = await resource.service(session).list(replace(query, offset=offset))
    return [{name: getattr(row, column) for name, column in COLUMNS.items()} for row in page.items]


async def _fill(club: Api, chance: Random) -> None:
    """Rows in pairs, whose keys are in the same order."""
    pairs = []
    for _ in range(ROWS):
        row = {name: chance.choice([None, *values]) for name, values in VALUES.items()}
        pairs.append(row)
        twin = await club.post("/twins", **row)
        sample = await club.post("/samples", **row, site="https://example.org/", tree=1)
        for name in VALUES:
            assert twin[name] == sample[name]


def _parameters(chance: Random) -> list[tuple[str, str]]:
    parameters: list[tuple[str, str]] = []
    for name in chance.sample([*VALUES], chance.choice([0, 1, 1, 2])):
        operators = TEXT if name == "class" else ("eq", "ne", "in") if name == "flag" else ORDERED
        operator = chance.choice([*operators, "isnull"])
        for _ in range(3 if operator == "in" else 1):
            value = chance.choice([*map(_spelt, VALUES[name]), *OTHERS.get(name, ())])
            if operator == "isnull":
                value = chance.choice(["true", "false"])
            parameters.append((f"{name}__{operator}", value))
    # The last one is unlike in almost all rows: what is alike in everything is in no certain order.
    terms = [*chance.sample([*VALUES], chance.choice([0, 1, 2])), *VALUES]
    signs = (chance.choice(["", "-"]) for _ in terms)
    sort = ",".join(sign + term for sign, term in zip(signs, terms, strict=False))
    limit = chance.choice(["11", "50"])
    return [*parameters, ("sort", sort), ("limit", limit), ("total", "true")]


def _spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _walk(club: Api, path: str, parameters: list[tuple[str, str]]) -> list[Json]:
    rows: list[Json] = []
    cursor: list[tuple[str, str]] = []
    while True:
        response = await club.client.get(path, params=[*parameters, *cursor])
        assert response.status_code == 200, (response.text, parameters)
        page = response.json()
        rows += ({name: row[name] for name in VALUES} for row in page["items"])
        if page["next_cursor"] is None:
            assert page["total"] == len(rows)
            return rows
        cursor = [("cursor", page["next_cursor"])]
