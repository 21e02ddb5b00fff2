"""The `date` filter, whose formats are those of Rust's chrono."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from terapin.tera.builtins.checks import string
from terapin.tera.errors import FaultError
from terapin.tera.values import kind

_DATE: Final = r"\s*\+?(\d{4})-(\d{1,2})-(\d{1,2})"
_DAY: Final = re.compile(_DATE, re.ASCII)
_TIME: Final = re.compile(
    _DATE + r"\s*T(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_SPECIFIER: Final = re.compile(r"%([-_0]?)(\.[369]?f|[369]f|:{0,3}z|[A-Za-z%+])?")
_EPOCH: Final = datetime(1970, 1, 1)

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_PADDING: Final = {"_": " ", "0": "0"}


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    nanoseconds: int = 0
    # Of a fixed offset; other zones know their names.
    zone_name: str = ""

    def offset(self) -> timedelta:
        offset = self.at.utcoffset()
        if offset is None:
            raise FaultError("needs a `timezone` to format the offset of a timestamp")
        return offset

    def zone(self) -> str:
        self.offset()
        return self.zone_name or self.at.tzname() or ""


def date(value: object, format: object = "%Y-%m-%d", timezone: object = None) -> str:
    pattern = string(format, "format")
    for match in _SPECIFIER.finditer(pattern):
        if not _is_known(match):
            raise FaultError(f"does not know `{match[0]}` in its format")
    zone = None if timezone is None else _zone(string(timezone, "timezone"))
    try:
        moment = _moment(value, zone)
        return _formatted(moment, pattern)
    except (ValueError, OverflowError):
        raise FaultError("needs a date in the years 1 to 9999") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise FaultError(f"does not know the timezone `{name}`") from None


def _moment(value: object, zone: ZoneInfo | None) -> _Moment:
    if isinstance(value, int) and not isinstance(value, bool):
        at = _EPOCH + timedelta(seconds=value)
        return _Moment(at.replace(tzinfo=UTC).astimezone(zone)) if zone else _Moment(at)
    if not isinstance(value, str):
        raise FaultError(f"needs a timestamp or a string, got {kind(value)}")
    if "T" in value:
        return _parsed_time(value, zone)
    match = _DAY.fullmatch(value)
    if not match:
        raise FaultError(f"cannot read `{value}` as YYYY-MM-DD")
    year, month, day = map(int, match.groups())
    return _Moment(datetime(year, month, day, tzinfo=UTC), zone_name="UTC")


def _parsed_time(text: str, zone: ZoneInfo | None) -> _Moment:
    match = _TIME.fullmatch(text)
    if not match:
        raise FaultError(f"cannot read `{text}` as an RFC 3339 date and time")
    *numbers, fraction, offset = match.groups()
    nanoseconds = int((fraction or "").ljust(9, "0"))
    year, month, day, hour, minute, second = map(int, numbers)
    at = datetime(year, month, day, hour, minute, second)
    if offset is None:
        # A timezone is ignored here, as it is for a day.
        return _Moment(at.replace(tzinfo=UTC), nanoseconds, "UTC")
    aware = at.replace(tzinfo=_fixed_offset(offset))
    if zone:
        return _Moment(aware.astimezone(zone), nanoseconds)
    return _Moment(aware, nanoseconds, _offset(aware.utcoffset() or timedelta(), ":z"))


def _fixed_offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _is_known(match: re.Match[str]) -> bool:
    specifier = match[2] or ""
    fraction_or_offset = specifier.endswith(("f", "z"))
    return fraction_or_offset or any(specifier in table for table in _TABLES)


def _formatted(moment: _Moment, pattern: str) -> str:
    return _SPECIFIER.sub(lambda match: _field(moment, match[1], match[2]), pattern)


def _field(moment: _Moment, padding: str, specifier: str) -> str:
    if specifier in _NUMBERS:
        number, width, pad = _NUMBERS[specifier]
        text = str(number(moment))
        return text if padding == "-" else text.rjust(width, _PADDING.get(padding, pad))
    if specifier in _COMPOSITES:
        return _formatted(moment, _COMPOSITES[specifier])
    if specifier.endswith("f"):
        return _fraction(moment.nanoseconds, specifier)
    if specifier.endswith("z"):
        return _offset(moment.offset(), specifier)
    return _TEXTS[specifier](moment)


def _fraction(nanoseconds: int, specifier: str) -> str:
    digits = f"{nanoseconds:09}"
    if specifier == ".f":
        if not nanoseconds:
            return ""
        shown = next(n for n in (3, 6, 9) if not int(digits[n:] or 0))
    else:
        shown = int(specifier.strip(".f") or 9)
    return ("." if specifier[0] == "." else "") + digits[:shown]


def _offset(offset: timedelta, specifier: str) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return (
        sign
        + {
            "z": f"{hours:02}{minutes:02}",
            ":z": f"{hours:02}:{minutes:02}",
            "::z": f"{hours:02}:{minutes:02}:{rest:02}",
            ":::z": f"{hours:02}",
        }[specifier]
    )


def _hour12(moment: _Moment) -> int:
    return moment.at.hour % 12 or 12


def _yday(moment: _Moment) -> int:
    return moment.at.timetuple().tm_yday


def _timestamp(moment: _Moment) -> int:
    seconds = moment.at.replace(tzinfo=None) - _EPOCH - (moment.at.utcoffset() or timedelta())
    return seconds // timedelta(seconds=1)


# Specifier → its number, the width and what it is padded with.
_NUMBERS: Final[dict[str, tuple[Callable[[_Moment], int], int, str]]] = {
    "Y": (lambda m: m.at.year, 4, "0"),
    "C": (lambda m: m.at.year // 100, 2, "0"),
    "y": (lambda m: m.at.year % 100, 2, "0"),
    "m": (lambda m: m.at.month, 2, "0"),
    "d": (lambda m: m.at.day, 2, "0"),
    "e": (lambda m: m.at.day, 2, " "),
    "w": (lambda m: m.at.isoweekday() % 7, 1, "0"),
    "u": (lambda m: m.at.isoweekday(), 1, "0"),
    "U": (lambda m: (_yday(m) + 6 - m.at.isoweekday() % 7) // 7, 2, "0"),
    "W": (lambda m: (_yday(m) + 6 - m.at.weekday()) // 7, 2, "0"),
    "G": (lambda m: m.at.isocalendar().year, 4, "0"),
    "g": (lambda m: m.at.isocalendar().year % 100, 2, "0"),
    "V": (lambda m: m.at.isocalendar().week, 2, "0"),
    "j": (_yday, 3, "0"),
    "H": (lambda m: m.at.hour, 2, "0"),
    "k": (lambda m: m.at.hour, 2, " "),
    "I": (_hour12, 2, "0"),
    "l": (_hour12, 2, " "),
    "M": (lambda m: m.at.minute, 2, "0"),
    "S": (lambda m: m.at.second, 2, "0"),
    "s": (_timestamp, 1, "0"),
}
_TEXTS: Final[dict[str, Callable[[_Moment], str]]] = {
    "a": lambda m: _DAYS[m.at.weekday()][:3],
    "A": lambda m: _DAYS[m.at.weekday()],
    "b": lambda m: _MONTHS[m.at.month - 1][:3],
    "h": lambda m: _MONTHS[m.at.month - 1][:3],
    "B": lambda m: _MONTHS[m.at.month - 1],
    "p": lambda m: "AM" if m.at.hour < 12 else "PM",
    "P": lambda m: "am" if m.at.hour < 12 else "pm",
    "Z": _Moment.zone,
    "t": lambda _: "\t",
    "n": lambda _: "\n",
    "%": lambda _: "%",
}
_COMPOSITES: Final = {
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "v": "%e-%b-%Y",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
    "+": "%Y-%m-%dT%H:%M:%S%.f%:z",
}
_TABLES: Final = (_NUMBERS, _TEXTS, _COMPOSITES)
