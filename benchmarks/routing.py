"""What it costs to find a route among those of 500 entities, beside those of one, and beside FastAPI's own way.

The services are generated and asked in the process, in turns, without a network before them; they share a PostgreSQL.
Asked is always the entity whose routes were added last. "FastAPI" has as many routes with the same paths, whose
endpoints do nothing.

    python -m benchmarks.routing [ENTITIES] [--seconds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import asyncpg
from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp
from tests.synthetic import ontology

from benchmarks.service.asgi import read
from benchmarks.service.generated import POOL, generate
from terapin.runtime.core.embedded import development_postgres

ENTITIES = 500
GOAL = 5.0
KEY = UUID(int=1)
ROUNDS = 30

Figures = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Asked:
    app: ASGIApp
    path: str
    status: int

    async def turn(self, seconds: float) -> list[float]:
        """How long each call takes, of as many as there is time for."""
        taken = [time.perf_counter()]
        while taken[-1] < taken[0] + seconds:
            await read(self.app, self.path, expected=self.status)
            taken.append(time.perf_counter())
        return [after - before for before, after in pairwise(taken)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("entities", type=int, nargs="?", default=ENTITIES)
    parser.add_argument("--seconds", type=float, default=0.03, help=f"of each of {ROUNDS} turns")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="terapin-bench-")))
        url = stack.enter_context(development_postgres(folder / "postgres", durable=False))
        services = [
            _service(folder, url, "one", 1),
            _service(folder, url, "many", options.entities),
        ]
        figures = asyncio.run(_measured(services, options.seconds))
    print(f"{'':34}{'1 entity':>10}{options.entities:>8} entities, µs")
    for name, (one, many) in figures.items():
        print(f"  {name:32}{one:10.1f}{many:8.1f}   {many - one:+7.1f}{_judged(name, many - one)}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def _judged(name: str, more: float) -> str:
    if name.startswith("FastAPI"):
        return ""
    return f"   goal {GOAL:+g}{'   MISSED' if more > GOAL else ''}"


@dataclass(frozen=True)
class Service:
    app: FastAPI
    last: str


def _service(folder: Path, url: str, name: str, entities: int) -> Service:
    """With one row in the last of its tables."""
    generated = generate(ontology(entities), folder / name)
    own = asyncio.run(_database(url, name))
    generated.run("migrate", url=own)
    table = f"things{entities - 1}"
    asyncio.run(_row(own, table))
    sys.path.append(str(generated.project))
    settings = import_module(f"{name}.settings").Settings(
        database={"url": own, "pool_min": 1, "pool_max": POOL}, log_level="WARNING"
    )
    return Service(import_module(f"{name}.main").create_app(settings), f"/{table}")


async def _database(url: str, name: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return url.rpartition("/")[0] + f"/{name}"


async def _row(url: str, table: str) -> None:
    connection = await asyncpg.connect(url)
    row = (KEY, "a name", "a code", Decimal("1.50"), "new", True)
    columns = ("id", "name", "code", "amount", "state", "is_open")
    try:
        await connection.copy_records_to_table(table, records=[row], columns=columns)
    finally:
        await connection.close()


async def _measured(services: Sequence[Service], seconds: float) -> Figures:
    async with AsyncExitStack() as stack:
        for service in services:
            context = service.app.router.lifespan_context(service.app)
            await stack.enter_async_context(context)
        pairs = dict(_pairs(services))
        taken: dict[str, tuple[list[float], list[float]]] = {each: ([], []) for each in pairs}
        for _ in range(ROUNDS):
            for name, pair in pairs.items():
                for asked, times in zip(pair, taken[name], strict=True):
                    times.extend(await asked.turn(seconds))
    return {name: (_undisturbed(one), _undisturbed(many)) for name, (one, many) in taken.items()}


def _undisturbed(seconds: list[float]) -> float:
    """In microseconds, of the quicker calls: what disturbs only ever slows down."""
    return sorted(seconds)[len(seconds) // 20] * 1e6


def _pairs(services: Sequence[Service]) -> Iterator[tuple[str, list[Asked]]]:
    yield "a row by its key", [Asked(each.app, f"{each.last}/{KEY}", 200) for each in services]
    yield (
        "what FastAPI answers: a bad key",
        [Asked(each.app, f"{each.last}/x", 422) for each in services],
    )
    yield "a path that there is not", [Asked(each.app, "/nothing", 404) for each in services]
    yield (
        "FastAPI: a bad key, by its scan",
        [Asked(_scanning(each.app), f"{each.last}/x", 200) for each in services],
    )


def _scanning(app: FastAPI) -> FastAPI:
    """A router an entity, as the service has them."""
    plain, routers = FastAPI(openapi_url=None), dict[str, APIRouter]()
    for context in iter_route_contexts(app.routes):
        path, methods = context.path or "", context.methods or {"GET"}
        router = routers.setdefault(path.split("/")[1], APIRouter())
        router.add_api_route(path, _nothing, methods=[*methods])
    for router in routers.values():
        plain.include_router(router)
    return plain


async def _nothing() -> Response:
    return Response(b"{}", media_type="application/json")


if __name__ == "__main__":
    main()
