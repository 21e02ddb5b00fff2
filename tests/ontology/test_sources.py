"""Data sources and caches: what they are called, where things live, and what configures them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import create_model

from terapin.model import (
    CacheBackend,
    DataSource,
    Entity,
    Place,
    Serializer,
    ServiceModel,
    SourceKind,
    reserved,
)
from terapin.model.names import Names
from terapin.model.naming import variables
from terapin.model.sources import SETTINGS
from terapin.ontology.connections import has_password, objection
from terapin.runtime.core import settings
from tests.ontologies import KEY, codes, compiled, model_of

SHOP = "http://example.org/shop#"


def source(name: str, kind: str, more: str = "") -> str:
    return f'ex:{name} a db:DataSource ; db:type "{kind}" {more} .\n'


def entity(name: str, more: str = "") -> str:
    return f"ex:{name} a orm:Entity ; orm:fields ( {KEY} ) {more} .\n"


def of(model: ServiceModel, name: str) -> Entity:
    return model.entities[SHOP + name]


def named(model: ServiceModel) -> dict[str, str]:
    """The sources and caches by the local names of their IRIs."""
    found = [(each.iri, each.name) for each in model.data_sources]
    found += [(each.iri, each.name) for each in model.caches]
    return {iri.removeprefix(SHOP): name for iri, name in found}


class TestWhereEntitiesLive:
    def test_without_a_source_there_is_the_database(self) -> None:
        model = model_of(entity("Book"))
        (database,) = model.data_sources
        assert database == DataSource(
            iri="",
            place=Place(f"<{SHOP}Book>"),
            name="database",
            kind=SourceKind.POSTGRESQL,
        )
        assert database.made
        assert model.database is database
        assert model.documents == ()
        assert model.core_tables == ("idempotency_keys",)

    def test_the_only_postgresql_is_the_database(self) -> None:
        model = model_of(source("Main", "postgresql"), entity("Book"))
        assert named(model) == {"Main": "database"}
        assert of(model, "Book").data_source is None

    def test_the_database_is_the_one_that_an_entity_names(self) -> None:
        sources = source("Main", "postgresql") + source("Archive", "postgresql")
        model = model_of(sources, entity("Book", "; orm:dataSource ex:Main") + entity("Film"))
        assert [each.name for each in model.data_sources] == ["database", "archive"]
        assert named(model) == {"Main": "database", "Archive": "archive"}
        assert (len(model.entities), model.documents) == (2, ())

    def test_several_of_which_no_entity_lives_in_any_are_called_after_their_iris(self) -> None:
        model = model_of(source("Main", "postgresql"), source("Reports", "postgresql"))
        assert named(model) == {"Main": "main", "Reports": "reports"}
        assert model.database is None
        assert model.core_tables == ()

    def test_entities_on_mongodb(self) -> None:
        model = model_of(
            source("ActivityStore", "mongodb"),
            entity("Activity", "; orm:dataSource ex:ActivityStore"),
        )
        activity = of(model, "Activity")
        assert activity.data_source == "activity_store"
        assert activity.is_document
        assert model.documents == (activity,)
        assert [*model.entities.values()] == [activity]
        assert model.database is None
        assert model.core_tables == ()

    @pytest.mark.parametrize(
        ("holder", "referenced", "constrained"),
        [
            ("Book", "Film", True),
            ("Book", "Log", False),
            ("Log", "Book", False),
            ("Log", "Log", False),
        ],
    )
    def test_only_a_database_holds_a_constraint(
        self, holder: str, referenced: str, constrained: bool
    ) -> None:
        model = model_of(
            source("Store", "mongodb"),
            entity("Book") + entity("Film") + entity("Log", "; orm:dataSource ex:Store"),
            f"ex:R a rel:ManyToOne ; rel:from ex:{holder} ; rel:to ex:{referenced} ;"
            ' rel:field "other" ; rel:nullable true .',
        )
        key = of(model, holder).field("other_id").foreign_key
        assert key
        assert key.constrained is constrained

    def test_a_cycle_over_two_sources_needs_no_deferred_constraint(self) -> None:
        relationships = "".join(
            f'ex:R{a} a rel:ManyToOne ; rel:from ex:{a} ; rel:to ex:{b} ; rel:field "other" ;'
            " rel:nullable true .\n"
            for a, b in (("Book", "Log"), ("Log", "Book"))
        )
        model = model_of(
            source("Store", "mongodb"),
            entity("Book") + entity("Log", "; orm:dataSource ex:Store") + relationships,
        )
        keys = [each.field("other_id").foreign_key for each in model.entities.values()]
        assert [key and key.deferred for key in keys] == [False, False]

    def test_the_key_of_a_document_is_not_called_like_one_of_its_fields(self) -> None:
        model = model_of(
            source("Store", "mongodb"),
            "ex:Log a orm:Entity ; orm:dataSource ex:Store ; orm:fields ("
            ' [ orm:fieldName "key" ; orm:fieldType "UUID" ; orm:primaryKey true ]'
            ' [ orm:fieldName "_id" ; orm:fieldType "String" ] ) .',
        )
        assert "_id" not in [field.column for field in of(model, "Log").fields]

    def test_the_indexes_of_collections_are_each_its_own(self) -> None:
        """Of two tables, the same names would be refused."""
        documents = "".join(
            f'ex:{table} a orm:Entity ; orm:tableName "{table}" ; orm:dataSource ex:Store ; orm:fields ({KEY}'
            f' [ orm:fieldName "{field}" ; orm:fieldType "String" ; orm:index true ] ) .\n'
            for table, field in (("user", "group_name"), ("user_group", "name"))
        )
        assert codes(compiled(source("Store", "mongodb"), documents)) == []
        tables = documents.replace("orm:dataSource ex:Store ;", "")
        assert codes(compiled(source("Store", "mongodb"), tables)) == ["name-collision"]


class TestCaches:
    def test_a_cache_without_a_source_has_one_made(self) -> None:
        model = model_of(entity("Book"), "ex:Cache a async:CacheStrategy .")
        (cache,) = model.caches
        store = model.data_sources[-1]
        assert (cache.name, cache.backend, cache.serializer, cache.source) == (
            "cache", CacheBackend.REDIS, Serializer.JSON, "cache_store",
        )  # fmt: skip
        assert (store.name, store.kind, store.made) == ("cache_store", SourceKind.REDIS, True)

    def test_what_is_in_memory_needs_no_source(self) -> None:
        model = model_of('ex:Cache a async:CacheStrategy ; async:backend "memory" .')
        assert model.caches[0].source is None
        assert model.data_sources == ()

    def test_the_only_redis_has_the_caches(self) -> None:
        model = model_of(source("Store", "redis"), "ex:Cache a async:CacheStrategy .")
        assert model.caches[0].source == "store"
        assert named(model) == {"Store": "store", "Cache": "cache"}

    def test_of_several_the_one_that_names_it(self) -> None:
        sources = source("A", "redis") + source("B", "redis", "; db:cacheConfig ex:Cache")
        model = model_of(
            sources, "ex:Cache a async:CacheStrategy . ex:Other a async:CacheStrategy ."
        )
        assert [each.source for each in model.caches] == ["b", "cache_store"]

    def test_that_of_an_entity_comes_before_that_of_its_source(self) -> None:
        caches = "ex:Near a async:CacheStrategy . ex:Far a async:CacheStrategy .\n"
        model = model_of(
            caches + source("Main", "postgresql", "; db:cacheConfig ex:Near"),
            source("Store", "mongodb", "; db:cacheConfig ex:Far"),
            entity("Book") + entity("Film", "; orm:cache ex:Far"),
            entity("Log", "; orm:dataSource ex:Store"),
        )
        assert [of(model, name).cache for name in ("Book", "Film", "Log")] == ["near", "far", "far"]

    def test_what_is_stated(self) -> None:
        model = model_of(
            'ex:Cache a async:CacheStrategy ; async:backend "aioredis" ; async:serializer "msgpack" ;'
            ' async:namespace "api:cache" ; async:ttl 3600 ; async:staleFor 60.5 ;'
            " async:negativeTtl 0 ; async:localTtl 1 ."
        )
        (cache,) = model.caches
        assert (cache.namespace, cache.serializer) == ("api:cache", "msgpack")
        assert (cache.ttl, cache.stale_for) == (Decimal(3600), Decimal("60.5"))
        assert (cache.negative_ttl, cache.local_ttl) == (Decimal(0), Decimal(1))


CONFIGURED = """
ex:Main a db:DataSource ; db:type "postgresql" ; db:poolConfig ex:Pool ; db:circuitBreakerConfig ex:Breaker ;
  db:retryConfig ex:Retry .
ex:Pool a async:ConnectionPool ; async:minConnections 0 ; async:maxConnections 50 ; async:timeout 30 ;
  async:commandTimeout 12 ; async:maxIdle 300 .
ex:Breaker a async:CircuitBreaker ; async:failMax 7 ; async:resetTimeout 60 ; async:timeout 2.5 .
ex:Retry a async:RetryPolicy ; async:attempts 4 ; async:minWait 0.1 ; async:maxWait 10 ; async:multiplier 3 .
"""


def test_what_configures_a_source_is_its_own() -> None:
    """Of the two deadlines the shorter one counts."""
    (found,) = model_of(CONFIGURED).data_sources
    assert found == DataSource(
        iri=f"{SHOP}Main",
        place=Place(f"<{SHOP}Main>"),
        name="database",
        kind=SourceKind.POSTGRESQL,
        pool_min=0,
        pool_max=50,
        acquire_timeout=Decimal(30),
        statement_timeout=Decimal("2.5"),
        max_idle=Decimal(300),
        breaker_failures=7,
        breaker_reset=Decimal(60),
        retry_attempts=4,
        retry_min_wait=Decimal("0.1"),
        retry_max_wait=Decimal(10),
        retry_multiplier=Decimal(3),
    )


@pytest.mark.parametrize(
    ("kind", "stated", "url", "database"),
    [
        ("postgresql", 'db:connectionString "postgresql+asyncpg://..."', None, None),
        ("postgresql", 'db:connectionString "postgresql://db/..." ; db:database "x"', None, "x"),
        ("postgresql", 'db:connectionString "postgresql:///shop"', "postgresql:///shop", "shop"),
        (
            "postgresql",
            'db:connectionString "postgresql://db?ssl=on" ; db:database "my shop"',
            "postgresql://db/my%20shop?ssl=on",
            "my shop",
        ),
        ("mongodb", 'db:connectionString "mongodb://a:1,b"', "mongodb://a:1,b", None),
        ("mongodb", 'db:connectionString "mongodb://a/shop"', "mongodb://a/shop", "shop"),
        (
            "mongodb",
            'db:connectionString "mongodb://a/admin" ; db:database "shop"',
            "mongodb://a/admin",
            "shop",
        ),
        (
            "redis",
            'db:connectionString "rediss://[::1]:6379" ; db:database "2"',
            "rediss://[::1]:6379/2",
            "2",
        ),
        ("redis", 'db:database "2"', None, "2"),
    ],
)
def test_connection_strings(kind: str, stated: str, url: str | None, database: str | None) -> None:
    compilation = compiled(source("Main", kind, f"; {stated}"))
    assert compilation.model, compilation.as_text()
    (found,) = compilation.model.data_sources
    assert (found.url, found.database) == (url, database)


SECRETS = [
    "s3cret",
    "s3cret@more",
    "s3cret:more",
    "s3cret/more",
    "s3cret?more",
    "s3cret#more",
    "1@2",
    "1/2",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("user", ["", "joe", "joe@example.org"])
@pytest.mark.parametrize("scheme", ["postgresql", "mongodb+srv", "redis"])
def test_no_password_is_taken_whatever_it_looks_like(scheme: str, user: str, secret: str) -> None:
    url = f"{scheme}://{user}:{secret}@db.example.org:5432/0"
    kind = {"postgresql": "postgresql", "redis": "redis"}.get(scheme, "mongodb")
    assert has_password(url) or objection(SourceKind(kind), url)
    compilation = compiled(source("Main", kind, f'; db:connectionString "{url}"'))
    assert compilation.model is None
    assert codes(compilation) in (["password-in-url"], ["connection-string"])
    if codes(compilation) == ["password-in-url"]:
        assert secret not in compilation.as_text()
    assert not any(secret in each.message for each in compilation.diagnostics)


class TestDatabases:
    def test_two_on_one_server_have_one_each(self) -> None:
        model = model_of(source("B", "mongodb"), source("A", "mongodb"), source("C", "redis"))
        assert {each.name: each.apart for each in model.data_sources} == {
            "a": False,
            "b": True,
            "c": False,
        }

    def test_the_first_one_keeps_its_own(self) -> None:
        first = compiled(source("B", "mongodb"))
        for pinned in (first.names, _without_role(first.names, "database")):
            more = compiled(source("A", "mongodb"), source("B", "mongodb"), pinned=pinned)
            assert more.model
            assert {each.name: each.apart for each in more.model.data_sources} == {
                "a": True,
                "b": False,
            }

    def test_one_that_is_stated_takes_nothing_from_the_others(self) -> None:
        model = model_of(source("A", "mongodb", '; db:database "logs"'), source("B", "mongodb"))
        assert not any(each.apart for each in model.data_sources)


def _without_role(names: Names, role: str) -> Names:
    """As an earlier terapin has pinned them."""
    return Names(
        {
            identity: {each: name for each, name in roles.items() if each != role}
            for identity, roles in names.entries.items()
        }
    )


class TestNames:
    def test_they_stay_when_others_come(self) -> None:
        store = source("Store", "mongodb")
        first = compiled(store, "ex:store a async:CacheStrategy .")
        assert first.model
        assert named(first.model) == {"Store": "store", "store": "store_cache", "": "cache_store"}
        more = compiled(
            source("A.Store", "redis") + source("a", "redis") + store,
            "ex:store a async:CacheStrategy . ex:storeCache a async:CacheStrategy .",
            pinned=first.names,
        )
        assert more.model
        assert named(more.model) == named(first.model) | {
            "A.Store": "a_store",
            "a": "a",
            "storeCache": "store_cache_cache",
        }

    @pytest.mark.parametrize(
        "name",
        [
            "Database",
            "Environment",
            "class",
            "sources",
            "RequestTimeout",
            "json_logs",
        ],
    )
    def test_they_give_way_to_what_a_service_has(self, name: str) -> None:
        found = named(model_of(source(name, "mongodb")))[name]
        assert found.endswith("_source")
        assert found not in reserved.SETTINGS | variables("database")

    @pytest.mark.parametrize(
        ("one", "other"),
        [("log", "log_url"), ("a", "a_pool_min"), ("a", "aLocal"), ("a", "a_negative")],
    )
    def test_no_two_take_the_same_variable(self, one: str, other: str) -> None:
        """`SHOP_A_LOCAL_TTL` is the `local_ttl` of `a`, or the `ttl` of `a_local`."""
        names = named(model_of(source(one, "mongodb"), f"ex:{other} a async:CacheStrategy ."))
        assert variables(names[one]).isdisjoint(variables(names[other]))

    @pytest.mark.parametrize("name", ["model_dump", "modelValidateX", "settings_customise_sources"])
    def test_pydantic_takes_them_without_a_warning(self, name: str) -> None:
        made = named(model_of(source(name, "mongodb")))[name]
        create_model("Settings", __base__=settings.ServiceSettings, **{made: (int, 0)})  # type: ignore[call-overload]

    def test_the_service_has_these_settings(self) -> None:
        kinds = (
            settings.PostgresqlSettings,
            settings.MongodbSettings,
            settings.RedisSettings,
            settings.CacheSettings,
        )
        assert {*SETTINGS} == {name for kind in kinds for name in kind.model_fields}
        own = {*settings.ServiceSettings.model_fields, *vars(settings.ServiceSettings)}
        assert {name for name in own if not name.startswith("_")} - {
            "database"
        } <= reserved.SETTINGS
