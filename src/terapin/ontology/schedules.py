"""Times as in cron: minute, hour, day of the month, month, day of the week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))
_PART = re.compile(
    r"(?:(?P<all>\*)|(?P<first>[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?)"
    r"(?:/(?P<step>[0-9]{1,2}))?\Z"
)


class ScheduleError(ValueError):
    """What is wrong with a schedule, for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        if text in self.words:
            return self.words.index(text) + self.least
        if not text.isdigit():
            raise ScheduleError(f"'{text}' is no {self.name}")
        number = int(text)
        if not self.least <= number <= self.most:
            raise ScheduleError(
                f"{number} is no {self.name}: it is from {self.least} to {self.most}"
            )
        return number


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)


def check_schedule(text: str) -> None:
    """Raises ScheduleError for one that cannot be read, and for one that never comes."""
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ScheduleError(
            f"it has {len(parts)} parts, not minute, hour, day of the month, month and day of the week"
        )
    values = [{*_values(field, part)} for field, part in zip(_FIELDS, parts, strict=True)]
    _, _, days, months, _ = values
    if not any(day <= _LONGEST[month] for month in months for day in days):
        raise ScheduleError("it never comes: none of its months has that day")


def _values(field: _Field, text: str) -> Iterator[int]:
    for part in text.lower().split(","):
        match = _PART.match(part)
        if match is None:
            raise ScheduleError(f"'{part}' is no {field.name}, and no range or list of some")
        step = int(match["step"] or 1)
        if step == 0:
            raise ScheduleError(f"'{part}' has a step of nothing")
        if match["all"]:
            first, last = field.least, field.most
        else:
            first = field.number(match["first"])
            last = field.number(match["last"]) if match["last"] else first
            if match["step"] and not match["last"]:
                raise ScheduleError(f"'{part}' has a step, but no range")
        if last < first:
            raise ScheduleError(f"'{part}' ends before it begins")
        yield from range(first, last + 1, step)
