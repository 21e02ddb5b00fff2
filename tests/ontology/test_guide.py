"""Ontologies of the guide: what the first leaves undeclared is told in one run, and with that added it is a service; the
one of tasks is one as it is printed."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from terapin.diagnostics import Severity
from terapin.model import Priority, SourceKind
from terapin.ontology import Compilation
from tests.ontologies import codes, compiled_sources

GUIDE = Path(__file__).parents[3] / "shared" / "guide.md"

# In other words: no dots after the prefixes, the default prefix and the breaker not declared.
ORDERS = """\
@prefix async: <http://api.example.org/async#>
@prefix db: <http://api.example.org/database#>

:OrderPool a async:ConnectionPool ;
  async:minConnections 10 ;
  async:maxConnections 50 ;
  async:timeout 30 ;
  async:poolType "asyncpg" .

:Answers a async:CacheStrategy ;
  async:backend "aioredis" ;
  async:ttl 3600 ;
  async:namespace "api:cache" ;
  async:serializer "json" .

:Orders a db:DataSource ;
  db:type "postgresql" ;
  db:connectionString "postgresql+asyncpg://..." ;
  db:poolConfig :OrderPool ;
  db:circuitBreakerConfig :DefaultBreaker .
"""


def printed(about: str = "db:circuitBreakerConfig") -> str:
    if not GUIDE.exists():
        pytest.skip("the guide is not here")
    blocks: list[str] = re.findall(
        r"^```turtle\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return next(block for block in blocks if about in block)


@pytest.fixture(params=["orders", "guide"])
def ontology(request: pytest.FixtureRequest) -> str:
    return ORDERS if request.param == "orders" else printed()


def told(ontology: str) -> Compilation:
    return compiled_sources({"guide.ttl": ontology})


def test_all_that_is_undeclared_is_told_with_its_place_and_the_line_to_add(ontology: str) -> None:
    compilation = told(ontology)
    errors = [each for each in compilation.diagnostics if each.severity is Severity.ERROR]
    assert [each.code for each in errors] == ["undeclared-prefix", "unknown-reference"]
    spans = [compilation.locator.span(each.where) for each in errors]
    lines = ontology.splitlines()
    assert [span and lines[span.line - 1][span.column - 1 :][:15] for span in spans] == [
        lines[3][:15],
        ":DefaultBreaker",
    ]
    assert "`@prefix : <http://example.org/#> .`" in (errors[0].help or "")
    assert errors[1].help == "add `:DefaultBreaker a async:CircuitBreaker .`"


def test_with_the_lines_that_are_told_it_is_a_service(ontology: str) -> None:
    added = [
        line
        for each in told(ontology).diagnostics
        if each.severity is Severity.ERROR
        for line in re.findall("`(.*?)`", each.help or "")
    ]
    compilation = told("\n".join([added[0], ontology, *added[1:]]))
    assert codes(compilation) == ["missing-dot", "missing-dot", "old-library"]
    model = compilation.model
    assert model
    assert model.database
    assert (model.database.pool_min, model.database.pool_max) == (10, 50)
    assert (model.database.url, model.database.acquire_timeout) == (None, Decimal(30))
    (cache,) = model.caches
    assert (cache.ttl, cache.namespace, cache.source) == (Decimal(3600), "api:cache", "cache_store")
    assert [each.kind for each in model.data_sources] == [SourceKind.POSTGRESQL, SourceKind.REDIS]


def test_the_tasks_are_read_as_printed() -> None:
    found = told(printed("task:AsyncTask"))
    assert codes(found) == ["missing-dot"]
    assert found.model
    report, email = found.model.tasks
    assert (report.name, report.queue, report.pool, report.timeout) == (
        "generate_report",
        "reports",
        "long_running",
        Decimal(1800),
    )
    assert (email.name, email.queue, email.priority, email.max_retries) == (
        "send_email",
        "emails",
        Priority.HIGH,
        3,
    )
