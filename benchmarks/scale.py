"""How much longer pages of a table take when it has a million rows in the place of ten thousand.

One service on two databases of one PostgreSQL: users with 10 posts each, generated from `service/journal.ttl` with the
indexes that its migration makes. A single caller asks both in turns; figures are of the quicker answers.

    python -m benchmarks.scale [--rows N] [--seconds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg

from benchmarks.service.data import POSTS, fill
from benchmarks.service.generated import ONTOLOGY, Generated, generate
from benchmarks.service.load import latencies, request
from benchmarks.service.processes import Cores, Server, uvicorn
from terapin.runtime.core.embedded import development_postgres

FEW, MANY = 10_000, 1_000_000
ROUNDS = 20
GOAL = 1.5
_DEEP = 1000
_PAGE = 50
_STEP = 200
_NEWEST = "/posts?sort=-created_at"
_NESTED = (
    "{ users { username posts(limit: 10, orderBy: [{ createdAt: DESC }]) { title createdAt } } }"
)


@dataclass(frozen=True, slots=True)
class Times:
    """Of one answer, in milliseconds."""

    few: float
    many: float

    @property
    def ratio(self) -> float:
        return self.many / self.few


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=MANY, help="in the place of the million")
    parser.add_argument("--seconds", type=float, default=0.1, help=f"of each of {ROUNDS} turns")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        few, many = _servers(stack, (FEW, options.rows))
        found = {
            name: _compared((few, many), paths, options.seconds)
            for name, paths in _cases(few, many, options.rows).items()
        }
    print(f"{'':44}{FEW:>10,}{options.rows:>12,}  ms")
    for name, times in found.items():
        missed = "   MISSED" if times.ratio > GOAL else ""
        line = f"  {name:42}{times.few:10.2f}{times.many:12.2f}"
        print(f"{line}   {times.ratio:.2f} of it, goal {GOAL:g}{missed}")
    if options.json:
        content = {name: asdict(times) for name, times in found.items()}
        options.json.write_text(json.dumps(content, indent=2) + "\n")


def _servers(stack: ExitStack, sizes: Sequence[int]) -> list[Server]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="terapin-bench-")))
    url = stack.enter_context(development_postgres(folder / "postgres", durable=False))
    service = generate(ONTOLOGY.read_text(), folder / "journal")
    cores = Cores.of_this_machine()
    started = []
    for name, size in zip(("few", "many"), sizes, strict=True):
        own = asyncio.run(_database(url, name))
        _fill(service, own, size)
        log, app = folder / f"{name}.log", f"{service.package}.main:create_app"
        started.append(
            stack.enter_context(uvicorn(app, service.environment(own), cores.server, log))
        )
    os.sched_setaffinity(0, cores.others)
    return started


async def _database(url: str, name: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _fill(service: Generated, url: str, rows: int) -> None:
    service.run("migrate", url=url)
    asyncio.run(fill(url, rows // POSTS))


def _cases(few: Server, many: Server, rows: int) -> Mapping[str, tuple[str, str]]:
    """The paths that are asked of each."""
    depths = [min(_DEEP, size // _PAGE // 2) for size in (FEW, rows)]
    same = {
        "first page, newest first": _NEWEST,
        "filtered page, by an indexed field": "/posts?views=7",
        "filtered and sorted by an indexed field": "/posts?views__gte=50&sort=views",
        "nested page, 50 users and their posts": "/users?include=posts",
        "the same by GraphQL, newest posts first": f"/graphql?query={quote(_NESTED)}",
    }
    user = _get(few, "/users?limit=1")["items"][0]["id"]
    other = _get(many, "/users?limit=1")["items"][0]["id"]
    return {
        **{name: (path, path) for name, path in same.items()},
        "page {}, and {:,}".format(*depths): (_page(few, depths[0]), _page(many, depths[1])),
        "posts of one user": (f"/users/{user}/posts", f"/users/{other}/posts"),
    }


def _page(server: Server, number: int) -> str:
    """Found as a client would, from page to page, but by large ones; a cursor does not depend on their size."""
    cursor = ""
    rows = (number - 1) * _PAGE
    while rows:
        step = min(rows, _STEP)
        after = f"&cursor={quote(cursor)}" if cursor else ""
        cursor = _get(server, f"{_NEWEST}&limit={step}{after}")["next_cursor"]
        rows -= step
    return f"{_NEWEST}&cursor={quote(cursor)}"


def _get(server: Server, path: str) -> Any:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as asking:
        asking.request("GET", path)
        response = asking.getresponse()
        content = response.read()
        answer = json.loads(content)
        if response.status != 200 or "errors" in answer:
            raise SystemExit(f"{path} is answered with {response.status}: {content!r}")
        return answer


def _compared(servers: Sequence[Server], paths: Sequence[str], seconds: float) -> Times:
    sizes = {_size(_get(*each)) for each in zip(servers, paths, strict=True)}
    if len(sizes) > 1:
        raise SystemExit(f"pages of {paths} differ in size: {sizes}")
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for server, path, times in zip(servers, paths, taken, strict=True):
            times += latencies(server.port, request("GET", path), seconds)
    return Times(*map(_undisturbed, taken))


def _size(answer: Any) -> int:
    return len(answer["items"] if "items" in answer else answer["data"]["users"])


def _undisturbed(seconds: list[float]) -> float:
    """In milliseconds, of the quicker answers: what disturbs only ever slows down."""
    return sorted(seconds)[len(seconds) // 20] * 1000


if __name__ == "__main__":
    main()
