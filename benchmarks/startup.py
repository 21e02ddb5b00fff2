"""What it costs to start a service of many entities, with and without GraphQL, until it answers.

A process each, with modules that Python has compiled before, on a PostgreSQL that is there. Processor time is less
disturbed than seconds by what else the machine does.

    python -m benchmarks.startup [ENTITIES ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from tests.synthetic import ontology

from benchmarks.generate import Cost, cost
from benchmarks.service.generated import REPOSITORY, generate
from terapin.runtime.core.embedded import development_postgres

SIZES = (1, 200, 500, 1000)
GOAL = 15.0
LONGEST = 300.0
GRAPHQL = """
@prefix api: <http://api.example.org/api#> .
@prefix gql: <http://api.example.org/graphql#> .
ex:Service a api:Service ; api:name "Synthetic" ; api:version "1.0.0" ; gql:expose true .
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", metavar="ENTITIES")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = {}
    print(f"{'entities':>8}  {'':<14}{'seconds':>9}{'processor':>11}{'MiB':>7}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="terapin-bench-")))
        url = stack.enter_context(development_postgres(folder / "postgres", durable=False))
        for size in options.sizes or SIZES:
            for name, found in _started(folder, url, size):
                figures[f"{name}, {size}"] = asdict(found)
                missed = found.processor > GOAL
                print(
                    f"{size:>8,}  {name:<14}{found.seconds:9.2f}{found.processor:11.2f}"
                    f"{found.mebibytes:7.0f}{f'   goal {GOAL:.0f}   MISSED' if missed else ''}",
                    flush=True,
                )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def _started(folder: Path, url: str, size: int) -> Iterator[tuple[str, Cost]]:
    for name, more in (("REST", ""), ("and GraphQL", GRAPHQL)):
        package = f"service_{size}{'_graphql' if more else ''}"
        project = generate(ontology(size) + more, folder / package).project
        path = os.pathsep.join([str(project), str(REPOSITORY)])
        environment = ["env", "-u", "PYTHONDONTWRITEBYTECODE", f"PYTHONPATH={path}"]
        start = [sys.executable, "-m", "benchmarks.service.started", package, url]
        for _ in range(2):  # the first compiles
            found = cost([*environment, *start], folder, LONGEST)
        if found is None:
            raise SystemExit(f"{package} did not start within {LONGEST:.0f} s")
        yield name, found


if __name__ == "__main__":
    main()
