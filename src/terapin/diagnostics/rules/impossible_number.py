from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model.tasks import HARD_LIMIT
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated, TaskStatement

RULE = Rule(
    code="impossible-number",
    local=True,
    summary="a number of a pool, a cache, a circuit breaker, a retry policy, a task, a channel or a limit cannot be",
    explanation="""\
Times are in seconds and longer than nothing, but for those that nothing switches off (`async:staleFor`,
`async:negativeTtl`, `async:localTtl`), and shorter than ten years. A pool has room for one connection at least and for
10,000 at most, a breaker opens after one failure or more, and a call is made once or more often. A limit of GraphQL
is 1 or more. What is least is not more than what is most, and nothing is kept in a process for longer than it is kept
at all. A task is tried again 1,000 times at most, runs by itself once a second at most and within an hour unless
`task:timeout` says more, and is asked to stop before it is stopped. A channel tells of 10,000 messages at most to
whoever comes; a message has from 1 byte to 16 MiB, and there are at most 10,000 a second.""",
    example="""\
ex:Main a db:DataSource ; db:type "postgresql" ; db:poolConfig ex:Pool .

ex:Pool a async:ConnectionPool ; async:minConnections 50 ; async:maxConnections 10 .
""",
    mended="""\
ex:Main a db:DataSource ; db:type "postgresql" ; db:poolConfig ex:Pool .

ex:Pool a async:ConnectionPool ; async:minConnections 10 ; async:maxConnections 50 .
""",
)


class _Range(NamedTuple):
    holds: Callable[[Decimal | int], bool]
    told: str


_LONGEST = 10 * 366 * 24 * 60 * 60
_TIME = _Range(lambda number: 0 < number < _LONGEST, "more than 0 seconds and less than ten years")
_SPAN = _Range(lambda number: 0 <= number < _LONGEST, "0 seconds or more and less than ten years")
_KEPT = _Range(lambda number: 0 <= number <= 10_000, "from 0 to 10000")
_OPEN = _Range(lambda number: 1 <= number <= 10_000, "from 1 to 10000")
_TRIED = _Range(lambda number: 0 <= number <= 1000, "from 0 to 1000")
_PERIOD = _Range(lambda number: 1 <= number < _LONGEST, "1 second or more and less than ten years")
_LIMIT = _Range(lambda number: 1 <= number < 2**31, "from 1 to 2147483647")
_COUNT = _Range(lambda number: 1 <= number <= 1000, "from 1 to 1000")

_BYTES = _Range(lambda number: 1 <= number <= 2**24, "from 1 to 16777216")
_RATE = _Range(lambda number: 0 < number <= 10_000, "more than 0 and at most 10000")

_RANGES: Mapping[str, _Range] = {
    "min_connections": _KEPT,
    "max_connections": _OPEN,
    "timeout": _TIME,
    "command_timeout": _TIME,
    "max_idle": _TIME,
    "fail_max": _COUNT,
    "reset_timeout": _TIME,
    "attempts": _COUNT,
    "min_wait": _TIME,
    "max_wait": _TIME,
    "multiplier": _COUNT,
    "ttl": _TIME,
    "stale_for": _SPAN,
    "negative_ttl": _SPAN,
    "local_ttl": _SPAN,
    "soft_timeout": _TIME,
    "max_retries": _TRIED,
    "retry_max_delay": _TIME,
    "unique_for": _TIME,
    "result_ttl": _TIME,
    "every": _PERIOD,
    "max_depth": _LIMIT,
    "max_aliases": _LIMIT,
    "max_tokens": _LIMIT,
    "max_cost": _LIMIT,
    "history": _KEPT,
    "max_message_bytes": _BYTES,
    "rate_per_second": _RATE,
}
# Of each two, the first is not more than the second.
_ORDERED = (
    ("min_connections", "max_connections"),
    ("min_wait", "max_wait"),
    ("local_ttl", "ttl"),
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    statements = facts.statements
    for declared in (statements.pools, statements.breakers, statements.retries, statements.caches):
        for each in declared.values():
            yield from _of(facts, each)
    for stated in (*statements.services, *statements.channels):
        yield from _of(facts, stated)
    for task in statements.tasks:
        yield from _of(facts, task)
        yield from _stopped(task)


def _stopped(task: TaskStatement) -> Iterator[Diagnostic]:
    soft = task.soft_timeout
    hard = task.timeout.value if task.timeout else HARD_LIMIT
    if soft and hard > 0 and soft.value >= hard:
        yield RULE.at(
            soft.place,
            f"the task is asked to stop after {soft.value} seconds, and stopped after {hard}",
            labels=(Label(task.timeout.place, "the other one"),) if task.timeout else (),
            help="task:softTimeout is less than task:timeout, which is an hour unless stated",
        )


def _of(facts: Facts, statement: object) -> Iterator[Diagnostic]:
    numbers: dict[str, Stated[Decimal | int]] = {
        name: stated for name in _RANGES if (stated := getattr(statement, name, None))
    }
    wrong = [name for name, each in numbers.items() if not _RANGES[name].holds(each.value)]
    for name in wrong:
        stated = numbers[name]
        shown = facts.ontology.shorten(stated.predicate)
        yield RULE.at(
            stated.place, f"{shown} cannot be {stated.value}", help=f"it is {_RANGES[name].told}"
        )
    for names in _ORDERED:
        least, most = map(numbers.get, names)
        if least and most and least.value > most.value and not {*names}.intersection(wrong):
            shown, other = (facts.ontology.shorten(each.predicate) for each in (least, most))
            yield RULE.at(
                least.place,
                f"{shown} is more than {other}",
                labels=(Label(most.place, "the other one"),),
            )
