"""What `seed` puts into tables is believable, valid, and as much as was asked for."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from terapin.runtime.core.mapped import MappedEntity
from terapin.runtime.core.resource import Resource
from terapin.runtime.core.samples import payload
from terapin.runtime.core.seeding import seed

from . import shop
from .shop import Article, Label, Passport, Person, resources

ROWS = 60


async def seeded(engine: AsyncEngine, rows: int = ROWS, **options: Any) -> dict[str, int]:
    async with engine.begin() as connection:
        return await seed(connection, resources, rows=rows, **options)


def table(resource: Resource) -> Table:
    entity = resource.entity
    assert isinstance(entity, MappedEntity)
    return entity.table


async def contents(engine: AsyncEngine, resource: Resource) -> list[dict[str, Any]]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(table(resource)).order_by(*table(resource).primary_key)
        )
        return [dict(row) for row in rows.mappings()]


async def scalars(engine: AsyncEngine, query: Any) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.scalars(query)).all())


async def test_every_table_gets_its_rows(engine: AsyncEngine) -> None:
    made = await seeded(engine)
    assert made == {
        "people": ROWS,
        "passports": ROWS,
        "articles": ROWS,
        "labels": ROWS,
        "switches": 2,
        "tickets": ROWS,
        "similar_articles": 2 * ROWS,
        "labels_of_articles": 2 * ROWS,
    }
    for resource in resources:
        assert len(await contents(engine, resource)) == made[resource.name]


@pytest.mark.parametrize("resource", list(resources), ids=lambda each: each.name)
async def test_every_row_is_one_that_a_client_could_have_sent(
    engine: AsyncEngine, resource: Resource
) -> None:
    await seeded(engine, 300)
    for row in await contents(engine, resource):
        given = {
            field.alias or name: row[resource.entity.properties[name].column]
            for name, field in resource.create.model_fields.items()
        }
        resource.create.model_validate(given)


async def test_the_same_seed_makes_the_same_rows(engine: AsyncEngine) -> None:
    async def one(number: int) -> list[list[dict[str, Any]]]:
        async with engine.connect() as connection:
            await seed(connection, resources, rows=20, seed=number)
            rows = [
                (
                    await connection.execute(select(table(each)).order_by(*table(each).primary_key))
                ).all()
                for each in resources
            ]
            await connection.rollback()
        return [[dict(row._mapping) for row in table] for table in rows]

    def without_counted(tables: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
        """What is rolled back does not give numbers back to a sequence."""
        dropped = {"id", "favourite_id"}
        return [
            [{name: value for name, value in row.items() if name not in dropped} for row in table]
            for table in tables
        ]

    first, second, other = await one(1), await one(1), await one(2)
    assert without_counted(first) == without_counted(second)
    assert without_counted(first) != without_counted(other)


async def test_seeding_again_adds_as_much(engine: AsyncEngine) -> None:
    first = await seeded(engine)
    second = await seeded(engine)
    assert second.pop("switches") == 0
    assert second == {name: count for name, count in first.items() if name != "switches"}


async def test_seeding_goes_on_after_rows_were_deleted(engine: AsyncEngine) -> None:
    """Numbers that count from the rows there are would repeat the ones that stayed."""
    await seeded(engine)
    async with engine.begin() as connection:
        keys = select(Passport.number).order_by(Passport.number).limit(ROWS // 2)
        await connection.execute(delete(Passport).where(Passport.number.in_(keys)))
    assert (await seeded(engine))["passports"] == ROWS


async def test_rows_that_clash_are_drawn_again(engine: AsyncEngine) -> None:
    """Some thirty of as many drawn passport numbers repeat; each takes the key of a person with it."""
    assert (await seeded(engine, 2_000))["passports"] == 2_000


async def test_references_are_spread_over_what_is_there(engine: AsyncEngine) -> None:
    await seeded(engine, 300)
    makers = await scalars(engine, select(func.count(Article.id)).group_by(Article.maker_id))
    assert len(makers) > 100
    assert max(makers) > 3
    assert len(set(await scalars(engine, select(Passport.person_id)))) == 300


async def test_rows_refer_to_earlier_rows_of_their_own_table(engine: AsyncEngine) -> None:
    await seeded(engine)
    parents = await scalars(engine, select(Label.parent_slug))
    assert None in parents
    assert len({*parents} - {None}) >= 2


async def test_a_circle_is_left_open_where_null_is_allowed(engine: AsyncEngine) -> None:
    await seeded(engine)
    assert set(await scalars(engine, select(Person.favourite_id))) == {None}
    await seeded(engine)
    assert set(await scalars(engine, select(Person.favourite_id))) > {None}


async def test_batches_join(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terapin.runtime.core.seeding.BATCH", 7)
    made = await seeded(engine)
    assert made["articles"] == made["people"] == ROWS


async def test_keys_are_sampled_evenly_where_there_are_too_many(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terapin.runtime.core.places.KEYS", 10)
    await seeded(engine)
    keys = sorted(await scalars(engine, select(Person.id)))
    used = {keys.index(each) for each in await scalars(engine, select(Article.maker_id))}
    assert len(used) <= 10
    assert max(used) > 30


async def test_progress_is_told(engine: AsyncEngine) -> None:
    told: list[tuple[str, int, int]] = []
    await seeded(engine, progress=lambda *each: told.append(each))
    assert ("articles", ROWS, ROWS) in told


@pytest.mark.parametrize("resource", list(resources), ids=lambda each: each.name)
def test_payloads_are_valid_and_differ_where_they_must(resource: Resource) -> None:
    bodies = [payload(resource, number) for number in range(1_000, 1_100)]
    references = {
        field.alias or name
        for name, field in resource.create.model_fields.items()
        if resource.entity.properties[name].reference
    }
    for body in bodies:
        assert (
            body.keys()
            == {field.alias or name for name, field in resource.create.model_fields.items()}
            - references
        )
        with_references = body | {name: _reference(resource, name) for name in references}
        resource.create.model_validate_json(orjson.dumps(with_references))


def _reference(resource: Resource, name: str) -> Any:
    kind = table(resource).columns[resource.entity.properties[name].column].type.python_type
    return {int: 1, str: "a"}.get(kind, "8b2f4b1e-0000-4000-8000-000000000000")


def test_unique_fields_of_payloads_differ() -> None:
    people = [payload(resources[shop.Person], number) for number in range(5_000)]
    assert len({each["email"] for each in people}) == len(people)
    assert len({each["username"] for each in people}) == len(people)


def test_values_speak_of_what_they_are(engine: AsyncEngine) -> None:
    person = payload(resources[shop.Person], 0)
    assert " " in person["name"]
    assert person["password_hash"].startswith("$argon2id$")
    assert "1940" < person["born_on"] < "2020"
