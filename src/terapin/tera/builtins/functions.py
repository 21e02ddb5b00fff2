from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from terapin.tera.builtins.checks import boolean, integer, size, string
from terapin.tera.errors import FaultError

_LONGEST_RANGE: Final = 10_000_000


def range_(end: object, start: object = 0, step_by: object = 1) -> range:
    first, beyond, step = size(start, "start"), size(end, "end"), size(step_by, "step_by")
    if first > beyond:
        raise FaultError(f"needs a `start` of at most its `end` {beyond}, got {first}")
    if step == 0:
        raise FaultError("needs a `step_by` of at least 1")
    if (beyond - first) // step > _LONGEST_RANGE:
        raise FaultError(f"makes at most {_LONGEST_RANGE} numbers")
    return range(first, beyond, step)


def now(utc: object = False, timestamp: object = False) -> str | int:
    at = datetime.now(UTC) if boolean(utc, "utc") else datetime.now().astimezone()
    return int(at.timestamp()) if boolean(timestamp, "timestamp") else at.isoformat()


def throw(message: object) -> object:
    raise FaultError(f"says: {string(message, 'message')}")


def get_random(end: object, start: object = 0) -> int:
    first, beyond = integer(start, "start"), integer(end, "end")
    if first >= beyond:
        raise FaultError(f"needs a `start` below its `end` {beyond}, got {first}")
    return random.randrange(first, beyond)  # noqa: S311  not for secrets


def get_env(variables: Mapping[str, str], name: object, default: object = None) -> object:
    key = string(name, "name")
    value = variables.get(key, default)
    if value is None:
        raise FaultError(f"does not see an environment variable `{key}`")
    return value


FUNCTIONS: Final[dict[str, Callable[..., object]]] = {
    f.__name__.removesuffix("_"): f for f in (range_, now, throw, get_random)
}
