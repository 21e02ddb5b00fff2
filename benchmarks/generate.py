"""How long it takes to generate services of many entities, and how much memory, beside LinkML's generators.

Each entity has eight fields and two relationships, in cycles (see `tests.synthetic`). All of it is
measured as a user would: whole processes, from start to end, with the processes that they start.
Processor time is less disturbed than seconds by what else the machine does. Memory is that of the
largest process.

    python -m benchmarks.generate [SIZE ...] [--json FILE] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from pathlib import Path

from tests.synthetic import ontology

from benchmarks import linkml

SIZES = (10, 100, 1000, 4000)
ROUNDS = 3
# Seconds after which a figure is not measured again.
LONG = 20.0
LINEAR = 1.2
# What is installed has bytecode; a checkout has it from the first run on, unless this forbids it.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
FULL, NOTHING, ONE = "terapin", "  nothing changed", "  one entity changed"


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float
    processor: float
    mebibytes: float


Costs = Mapping[str, Cost | None]


def cost(command: Sequence[str], folder: Path, limit: float) -> Cost | None:
    """What a command takes, its children included; None if it is not finished within the limit."""
    with (folder / "output").open("wb") as output, (folder / "errors").open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, stdout=output, stderr=errors
        )
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and seconds >= limit:
        return None
    if process.returncode:
        raise SystemExit(f"{command[0]} failed:\n{(folder / 'errors').read_text()}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def best(measure: Callable[[], Cost | None]) -> Cost | None:
    """The quickest of some rounds, or of one if that takes long: what disturbs only ever slows down."""
    found: list[Cost] = []
    while len(found) < ROUNDS and sum(each.seconds for each in found) < LONG:
        measured = measure()
        if measured is None:
            return None
        found.append(measured)
    return min(found, key=lambda each: each.seconds)


def terapin(size: int, folder: Path, limit: float) -> Iterator[tuple[str, Cost | None]]:
    source, project = folder / "synthetic.ttl", folder / "project"
    source.write_text(ontology(size))
    own = project / "ontology" / source.name
    titles = count(1)

    def generate(*arguments: str) -> Cost | None:
        command = [sys.executable, "-m", "terapin", "generate", "--out", str(project), *arguments]
        return cost(command, folder, limit)

    def full() -> Cost | None:
        shutil.rmtree(project, ignore_errors=True)
        return generate(str(source))

    def changed() -> Cost | None:
        title = (
            f'( [ orm:fieldName "title{next(titles)}" ; orm:fieldType "Text" ; orm:nullable true ]'
        )
        own.write_text(own.read_text().replace("(", title, 1))
        return generate()

    for name, measure in ((FULL, full), (NOTHING, generate), (ONE, changed)):
        found = best(measure)
        yield name, found
        if found is None:
            return


def others(
    size: int, folder: Path, limit: float, commands: Path
) -> Iterator[tuple[str, Cost | None]]:
    schema = folder / "synthetic.yaml"
    schema.write_text(linkml.schema(size))
    for name, (command, *options) in linkml.GENERATORS.items():
        line = [str(commands / command), *options, str(schema)]
        yield name, best(partial(cost, line, folder, limit))


def show(size: int, name: str, found: Cost | None, ours: Cost | None, limit: float) -> None:
    head = f"{size:>8,}  {name:<20}"
    if found is None:
        print(f"{head}  not finished in {limit:.0f} s")
        return
    ratio = f"{found.seconds / ours.seconds:9.1f}" if ours else ""
    print(
        f"{head}{found.seconds:9.2f}{found.processor:11.2f}{found.mebibytes:7.0f}{ratio}",
        flush=True,
    )


def growth(figures: Mapping[int, Costs]) -> Iterator[str]:
    """What an entity costs in the largest of the services, against the one before it."""
    less, more = sorted(figures)[-2:]
    yield f"an entity of {more:,} against one of {less:,}, linear up to {LINEAR}:"
    for name in (FULL, NOTHING, ONE):
        small, large = figures[less].get(name), figures[more].get(name)
        if small and large:
            ratios = {
                unit: value / asdict(small)[unit] * less / more
                for unit, value in asdict(large).items()
            }
            shown = "".join(f"{unit:>11} {ratio:.2f}" for unit, ratio in ratios.items())
            linear = max(ratios.values()) <= LINEAR
            yield f"  {name:<20}{shown}  {'linear' if linear else 'more than linear'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", metavar="SIZE")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--limit", type=float, default=180, help="seconds for each command")
    arguments = parser.parse_args()
    commands = linkml.installed()
    figures: dict[int, dict[str, Cost | None]] = {}
    print(f"{'entities':>8}  {'':<20}{'seconds':>9}{'processor':>11}{'MiB':>7}{'of ours':>9}")
    for size in arguments.sizes or SIZES:
        found = figures[size] = {}
        with tempfile.TemporaryDirectory(prefix="terapin-bench-") as name:
            folder = Path(name)
            for each, spent in terapin(size, folder, arguments.limit):
                found[each] = spent
                show(size, each, spent, None, arguments.limit)
            if commands:
                for each, spent in others(size, folder, arguments.limit, commands):
                    found[each] = spent
                    show(size, each, spent, found[FULL], arguments.limit)
    if len(figures) > 1:
        print(*growth(figures), sep="\n")
    if arguments.json:
        plain = {
            size: {name.strip(): each and asdict(each) for name, each in found.items()}
            for size, found in figures.items()
        }
        arguments.json.write_text(json.dumps(plain, indent=2) + "\n")


if __name__ == "__main__":
    main()
