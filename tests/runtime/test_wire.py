"""Each type has one wire form, whether Pydantic writes it or PostgreSQL."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any

import orjson
import pytest
from furl import furl
from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import Text, func, select

from terapin.runtime.core import domain_types, wire
from terapin.runtime.core.resource import Column
from terapin.runtime.core.schemas import CreateSchema, absent, values

from .blog.endpoints.specimen import specimens
from .blog.models import Specimen
from .blog.services.contact import ContactService
from .harness import Api

FIELDS = specimens.columns

VALUES: dict[str, list[Any]] = {
    "limit": [0, -(2**31), 2**31 - 1],
    "class": ["", "é\U0001f600", 'quote " and \\ and \t\b\x1f\x7f', "a" * 5000],
    "big": [-(2**63), 2**63 - 1, 2**53 + 1],
    "ratio": [0.0, -0.0, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 123456789.0, 1e15, 1e16, 1e-5],
    "amount": ["0.0000000000", "-1.5000000000", "99999999999999999999.9999999999"],
    "flag": [True, False],
    "at": ["00:00:00", "23:59:59.999999", "15:57:03.75"],
    "moment": [
        "2026-11-22T15:57:03.75+00:00",
        "0001-01-01T00:00:00.000001+00:00",
        "9999-12-31T23:59:59.999998+00:00",
        "1970-01-01T00:00:00.000001+00:00",
    ],
    "span": ["PT0S", "P1DT2H", "-PT0.000001S", "P99999999D"],
    "data": ["", "AAECAw==", "/w==", "A" * 400],
    "tree": [{"b": [1, None, "é"], "a": {"x": -1.5}}, [], "text", 0, 2**70, True, 1.5e10],
}


@pytest.mark.parametrize("name", VALUES)
async def test_postgresql_and_pydantic_write_the_same(api: Api, name: str) -> None:
    for value in VALUES[name]:
        await api.execute("TRUNCATE specimens")
        created = await api.post("/specimens", **{"tree": {}, name: value})
        assert created[name] == value
        if FIELDS[name].wire.sql is not None:
            assert json.loads(await by_postgresql(api, FIELDS[name])) == value


async def by_postgresql(api: Api, column: Column) -> str:
    """The JSON of the only specimen's value."""
    assert column.wire.sql is not None
    expression = column.wire.sql(Specimen.__table__.c[column.attribute.key.rstrip("_")])
    async with api.database.session() as session:
        statement = select(func.to_json(expression).cast(Text))
        return str((await session.execute(statement)).scalar_one())


# Of numbers with a fraction and of JSON, which PostgreSQL spells otherwise, the values are the same.
EXACT = ["limit", "class", "big", "amount", "flag", "at", "moment", "data"]


@pytest.mark.parametrize("name", EXACT)
async def test_most_types_are_the_same_to_the_byte(api: Api, name: str) -> None:
    for value in VALUES[name]:
        await api.execute("TRUNCATE specimens")
        created = await api.client.post("/specimens", json={"tree": {}, name: value})
        assert f'"{name}":{await by_postgresql(api, FIELDS[name])},'.encode() in created.content


REFUSED: dict[str, list[Any]] = {
    "limit": [2**31, -(2**31) - 1, "1", 1.5, True, [], "x"],
    "class": ["\0", 1, True],
    "big": [2**63, 1e19],
    "ratio": ["1.5", True],
    "amount": ["NaN", "Infinity", "1e9999", "0.00000000001", "x", "", True],
    "flag": ["true", 1, 0],
    "at": ["24:00", "10:00Z", 36000, "10"],
    "moment": [
        "2026-11-22T15:57:03",
        "2026-11-22",
        1_700_000_000,
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "2026-02-30T00:00:00Z",
    ],
    "span": ["P1Y", "P1M", "P", "PT", 60, "1 day"],
    "data": ["A", "####", "AA\n==", 1],
    "tree": [None, "a\0b", {"\0": 1}],
    "other_id": ["1"],
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_of_the_type_is_refused(api: Api, name: str) -> None:
    for value in REFUSED[name]:
        response = await api.client.post("/specimens", json={"tree": {}, name: value})
        assert response.status_code == 422, response.text
        assert response.json()["errors"][0]["pointer"] == f"/{name}"


HOSTILE = [
    b'{"tree": NaN}',
    b'{"tree": Infinity}',
    b'{"tree": 1e999}',
    b'{"tree": "\\ud800"}',
    b'{"tree": {"\\ud800": 1}}',
    b'{"tree": {}, "ratio": NaN}',
    b'{"tree": {}, "ratio": 1e999}',
    b'{"tree": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"tree": ' + b"[" * 100 + b"]" * 100 + b"}",
    b'{"tree": ' + b"9" * 5000 + b"}",
    b"\xff",
    b"",
    b"null",
    b"[]",
]


async def test_hostile_json_is_refused(api: Api) -> None:
    for body in HOSTILE:
        headers = {"Content-Type": "application/json"}
        response = await api.client.post("/specimens", content=body, headers=headers)
        assert response.status_code in (400, 422), (body[:40], response.text)


async def test_whole_numbers_are_integers_however_they_are_written(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    body = b'{"tree": {}, "limit": 3.0, "big": 1e2}'
    created = (await api.client.post("/specimens", content=body, headers=headers)).json()
    assert (created["limit"], created["big"]) == (3, 100)


@pytest.mark.parametrize(
    ("kind", "given", "spelt"),
    [
        (domain_types.URL, "HTTP://Example.org/a b", "http://example.org/a%20b"),
        (domain_types.Phone, "+44 20 7946 0958", "+442079460958"),
        (domain_types.Currency, "EUR", "EUR"),
        (domain_types.Country, "FR", "FR"),
        (domain_types.IPAddress, "::0001", "::1"),
        (domain_types.Color, "red", "#ff0000"),
        (domain_types.Timezone, "Europe/Paris", "Europe/Paris"),
        (wire.Email, "Ann@Example.ORG", "ann@example.org"),
    ],
)
def test_domain_types_have_one_spelling(kind: Any, given: str, spelt: str) -> None:
    adapter = TypeAdapter[Any](kind)
    assert adapter.validate_json(json.dumps(given), strict=True) == spelt
    assert adapter.validate_json(json.dumps(spelt), strict=True) == spelt


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (domain_types.URL, "javascript:alert(1)"),
        (domain_types.URL, "http://"),
        (domain_types.Phone, "12"),
        (domain_types.Phone, "\0"),
        (domain_types.Currency, "XXXX"),
        (domain_types.Country, "001"),
        (domain_types.IPAddress, "1.2.3"),
        (domain_types.IPAddress, "fe80::1%eth0"),
        (domain_types.Color, "\0"),
        (domain_types.Color, "redd"),
        (domain_types.Color, ""),
        (domain_types.Timezone, "../etc/passwd"),
        (wire.Email, "Ann <ann@example.org>"),
        (wire.Email, "ann"),
    ],
)
def test_what_is_not_of_a_domain_is_refused(kind: Any, given: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[Any](kind).validate_json(json.dumps(given), strict=True)


def test_absent_fields_have_no_value_and_no_default() -> None:
    class Thing(CreateSchema):
        given: wire.Integer
        defaulted: wire.Integer = 3
        left: wire.DateTime = absent()

    assert values(Thing(given=1)) == {"given": 1, "defaulted": 3}
    schema = Thing.model_json_schema()
    assert schema["required"] == ["given"]
    assert "default" not in schema["properties"]["left"]


def test_a_wire_type_is_found_however_the_annotation_nests() -> None:
    class Thing(CreateSchema):
        plain: wire.Text
        bounded: Annotated[wire.Text, Field(max_length=3)]
        optional: wire.Decimal | None = None
        both: Annotated[wire.Date | None, Field(alias="Both")] = None

    fields = Thing.model_fields
    assert wire.wire_of(fields["plain"]) is wire.wire_of(fields["bounded"]) is wire.TEXT
    assert wire.wire_of(fields["optional"]) is wire.DECIMAL
    assert wire.wire_of(fields["both"]) is wire.ORDERED


def test_decimals_are_never_written_with_an_exponent() -> None:
    adapter = TypeAdapter[Decimal](wire.Decimal)
    assert orjson.loads(adapter.dump_json(Decimal("1E+5"))) == "100000"


CONTACT = {
    "site": "http://example.org/a?b=1",
    "phone": "+442079460958",
    "currency": "USD",
    "country": "GB",
    "address": "2001:db8::1",
    "color": "#ff0000",
    "zone": "Europe/London",
}


async def test_domain_types_are_objects_in_a_row_and_strings_outside(api: Api) -> None:
    spelt_otherwise = {**CONTACT, "phone": "+44 20 7946 0958", "color": "red"}
    created = await api.post("/contacts", **spelt_otherwise)
    assert created == {"id": created["id"], **CONTACT}
    assert created == await api.get(f"/contacts/{created['id']}")
    async with api.database.session() as session:
        contact = await ContactService(session).get(created["id"])
        assert contact.phone is not None
        assert contact.phone.international == "+44 20 7946 0958"
        assert str(contact.currency.symbol)
        contact.site = furl("http://example.org/c")
    page = await api.get("/contacts", phone="+44 20 7946 0958", country__in=["GB", "FR"])
    assert page["items"][0]["site"] == "http://example.org/c"


async def test_what_is_no_string_is_of_no_domain(api: Api) -> None:
    wrong: list[Any] = [True, 1, 1.5, [], {}, ["x"]]
    for name in CONTACT:
        for value in wrong:
            body = {"site": "http://example.org", name: value}
            response = await api.client.post("/contacts", json=body)
            assert response.status_code == 422, (name, value)


@pytest.mark.parametrize("name", CONTACT)
async def test_domain_types_are_sorted_page_by_page(api: Api, name: str) -> None:
    for contact in (CONTACT, {"site": "https://b.example"}, CONTACT):
        await api.post("/contacts", **contact)
    for sort in (name, f"-{name}"):
        assert len([row async for row in api.walk("/contacts", sort=sort, limit=1)]) == 3
