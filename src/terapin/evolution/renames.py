"""New names in an order in which each is free when it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..layers.database import MAX_NAME


def in_order(renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where names go round in a circle, one of them steps aside."""
    waiting = {old: new for old, new in renames.items() if old != new}
    while waiting:
        free = [old for old, new in waiting.items() if new not in waiting]
        for old in free:
            yield old, waiting.pop(old)
        if not free:
            old = next(iter(waiting))
            aside = _aside(old, {*renames, *renames.values()})
            yield old, aside
            waiting[aside] = waiting.pop(old)


def _aside(name: str, taken: set[str]) -> str:
    number = 1
    while (aside := f"{name[: MAX_NAME - 10]}_aside{number}") in taken:
        number += 1
    return aside
