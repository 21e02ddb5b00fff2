"""Believable values: a source for each column, by its type, its name and what the create schema allows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Union, get_args, get_origin
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from .entities import Property
from .resource import Resource

if TYPE_CHECKING:
    from faker import Faker

POOL = 1_000


class CannotFillError(Exception):
    """No value can be made for a column, or what makes them is not installed; the message says which."""


CannotFill = CannotFillError


class Chance(Random):
    """Pseudo-random and repeatable: for made-up data, never for secrets."""


class Source(Protocol):
    def some(self, chance: Random, count: int) -> list[Any]:
        """Values that may repeat."""

    def numbered(self, number: int) -> Any:
        """A value that other numbers do not have, as far as there are enough."""

    def bound(self, bind: Callable[[Any], Any]) -> Source:
        """The same values as the driver takes them."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Values that are too costly to make for every row; `number` makes more of them, else they come round again."""

    values: Sequence[Any]
    number: Callable[[int], Any] | None = None

    def some(self, chance: Random, count: int) -> list[Any]:
        return chance.choices(self.values, k=count)

    def numbered(self, number: int) -> Any:
        return self.number(number) if self.number else self.values[number % len(self.values)]

    def bound(self, bind: Callable[[Any], Any]) -> Source:
        number = self.number
        return Pool([*map(bind, self.values)], number and (lambda each: bind(number(each))))


@dataclass(frozen=True, slots=True)
class Made:
    """Values that are made one by one."""

    make: Callable[[Random], Any]
    number: Callable[[int], Any]

    def some(self, chance: Random, count: int) -> list[Any]:
        return [self.make(chance) for _ in range(count)]

    def numbered(self, number: int) -> Any:
        return self.number(number)

    def bound(self, bind: Callable[[Any], Any]) -> Source:
        return Made(lambda chance: bind(self.make(chance)), lambda each: bind(self.number(each)))


@dataclass(frozen=True, slots=True)
class Subject:
    """What values are for: a column, and the field of the create schema that admits them, if any does."""

    table: str
    column: Property
    field: FieldInfo | None
    size: int

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column.column}"

    @property
    def words(self) -> list[str]:
        return re.findall(r"[a-z0-9]+", self.column.column.lower())

    @property
    def entity(self) -> str:
        """The last word of the table's name, without its plural's ending."""
        words = re.findall(r"[a-z0-9]+", self.table.lower()) or [""]
        return re.sub(r"ies$", "y", words[-1]).removesuffix("s")

    def stated(self, name: str) -> list[Any]:
        """What the schema's field says of a constraint; often nothing, and a type may say it once more."""
        values = (getattr(each, name, None) for each in _constraints(self.field))
        return [value for value in values if value is not None]

    def admits(self) -> Callable[[Any], bool]:
        if self.field is None:
            return lambda value: True
        adapter = TypeAdapter(self.field.rebuild_annotation())

        def admitted(value: Any) -> bool:
            try:
                adapter.validate_python(value)
            except ValidationError:
                return False
            return True

        return admitted


def _constraints(field: FieldInfo | None) -> Iterator[object]:
    """Those of the field and of what its annotation nests, such as the value of an optional one."""
    if field is not None:
        yield from field.metadata
        yield from _nested(field.annotation)


def _nested(annotation: Any) -> Iterator[object]:
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        for each in metadata:
            yield from each.metadata if isinstance(each, FieldInfo) else (each,)
        yield from _nested(inner)
    elif get_origin(annotation) in (Union, UnionType):
        for each in get_args(annotation):
            yield from _nested(each)


@cache
def sources(resource: Resource, size: int = POOL) -> Mapping[str, Source]:
    """By column name; without keys that are made elsewhere: foreign ones, and those that the database counts."""
    found: dict[str, Source] = {}
    for attribute, column in resource.entity.properties.items():
        field = resource.create.model_fields.get(attribute)
        if not column.reference and not _made_by_database(column, field):
            found[column.column] = source(Subject(resource.name, column, field, size))
    return found


def _made_by_database(column: Property, field: FieldInfo | None) -> bool:
    """Times that the database would set are made up nevertheless: a year of them tells more than one moment."""
    if column.counted:
        return True
    if not column.preset or field is not None:
        return False
    return column.kind not in ("Date", "DateTime", "Time")


def payload(resource: Resource, number: int) -> dict[str, Any]:
    """A JSON body that the create schema accepts, with every field but foreign keys.

    Bodies of different numbers differ in each unique field, as far as it has enough values.
    """
    made = sources(resource, 20)
    body = {}
    for name, field in resource.create.model_fields.items():
        column = resource.entity.properties[name].column
        if column in made:
            value = made[column].numbered(number)
            adapter = TypeAdapter[Any](field.rebuild_annotation())
            body[field.alias or name] = (
                value if _is_json(value) else adapter.dump_python(value, mode="json")
            )
    return body


def _is_json(value: Any) -> bool:
    return isinstance(value, str | bool | int | float | list | dict)


def source(subject: Subject) -> Source:
    kind = subject.column.kind
    if kind in _SOURCES:
        return _SOURCES[kind](subject)
    if subject.column.nullable:
        return Pool([None])
    raise CannotFillError(f"{subject.name}: no values are known for the type {kind}")


# Text


def _text(subject: Subject) -> Source:
    return _fitted(subject, _texts(_text_kind(subject), subject.size))


def _fitted(subject: Subject, values: Sequence[str]) -> Source:
    """The values as far as the column and the schema take them, numbered where they have been used up."""
    shortest = max(subject.stated("min_length"), default=0)
    length = subject.column.length or 10_000
    longest = min([length, *subject.stated("max_length")])
    admits = subject.admits()

    def fits(value: str) -> bool:
        return shortest <= len(value) <= longest and admits(value)

    cut = dict.fromkeys(_cut(value, shortest, longest) for value in values)
    fitting = [value for value in cut if fits(value)]
    append = _appender(fitting[0], fits, longest) if fitting else None
    if append:
        return Pool(fitting, lambda number: _numbered_text(fitting, append, number))
    if longest < 10 and fits(_counted(0, shortest, longest)):
        return _numbered_pool(lambda number: _counted(number, shortest, longest))(subject)
    return _matching(subject, fits, shortest, longest)


def _cut(value: str, shortest: int, longest: int) -> str:
    """Within the lengths: cut after a word, or repeated."""
    if len(value) > longest:
        whole, _, _ = value[: longest + 1].rpartition(" ")
        value = whole if len(whole) >= max(shortest, 1) else value[:longest]
    while 0 < len(value) < shortest:
        value = f"{value} {value}"[:longest]
    return value


def _appender(
    example: str, fits: Callable[[str], bool], longest: int
) -> Callable[[str, str], str] | None:
    """How a number is added to a text so that it still fits."""

    def before_at(text: str, suffix: str) -> str:
        local, at, domain = text.partition("@")
        return f"{local[: longest - len(suffix + at + domain)]}{suffix}{at}{domain}"

    def after(separator: str) -> Callable[[str, str], str]:
        return lambda text, suffix: (
            f"{text[: longest - len(separator + suffix)]}{separator}{suffix}"
        )

    separators = ("", "-", "_")
    if "-" in example:
        separators = ("-", "", "_")
    if " " in example:
        separators = (" ", "-", "")
    ways = [before_at] if "@" in example else [after(separator) for separator in separators]
    # A number of few digits fits where a longer one does not: then there are not enough to go on.
    return next(
        (way for way in ways if fits(way(example, "1")) and fits(way(example, "9" * 7))), None
    )


def _numbered_text(values: Sequence[str], append: Callable[[str, str], str], number: int) -> str:
    if number < len(values):
        return values[number]
    # Its own digits would run into the number, which alone keeps the text apart from others.
    return append(values[number % len(values)].rstrip("0123456789"), str(number))


def _matching(subject: Subject, fits: Callable[[str], bool], shortest: int, longest: int) -> Source:
    """Texts made from the pattern alone: first from the field's own, which stands behind its type's."""
    try:
        from rstr import Rstr
    except ImportError as error:
        raise _not_installed("rstr") from error

    patterns = subject.stated("pattern")[::-1]

    def matching(number: int) -> str:
        made = Rstr(Chance(f"{subject.name} {number}"))
        for pattern in patterns * 500:
            text = made.xeger(pattern)
            for each in (text, text[:longest], _repeated(text, shortest)):
                if fits(each):
                    return each
        raise CannotFillError(f"{subject.name}: no text was found that its schema takes")

    return Pool([matching(each) for each in range(min(subject.size, 200))], matching)


def _repeated(text: str, length: int) -> str:
    return (text * math.ceil(length / len(text)))[:length] if text else text


def _counted(number: int, shortest: int, longest: int) -> str:
    """For texts too short to be believable."""
    return _base36(number).rjust(max(shortest, 1), "0")[-longest:]


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return text


def _text_kind(subject: Subject) -> str:
    """The key into `_TEXTS`: what the column's name ends with, else one of its words."""
    words = subject.words
    for name in ("_".join(words), "_".join(words[-2:]), *reversed(words)):
        kind = _NAMES.get(subject.entity, "phrase") if name in ("name", "title") else name
        if name == "title" and kind == "phrase":
            kind = "sentence"
        if kind in _TEXTS:
            return kind
    return "phrase" if subject.column.length else "paragraph"


# What a row is called, by the singular of its table's name.
_NAMES = {
    **dict.fromkeys(
        (
            "user",
            "person",
            "people",
            "author",
            "customer",
            "member",
            "employee",
            "contact",
            "profile",
        ),
        "person",
    ),
    **dict.fromkeys(
        ("company", "organization", "organisation", "supplier", "vendor", "brand"), "company"
    ),
    **dict.fromkeys(("tag", "label", "category", "topic", "genre", "keyword", "role"), "word"),
    **dict.fromkeys(("city", "town", "place"), "city"),
}


def _same(kind: Callable[[Faker], str], *names: str) -> dict[str, Callable[[Faker], str]]:
    return dict.fromkeys(names, kind)


_TEXTS: Mapping[str, Callable[[Faker], str]] = {
    **_same(lambda fake: fake.ascii_safe_email(), "email", "mail"),
    **_same(
        lambda fake: fake.user_name(),
        "username",
        "user_name",
        "login",
        "handle",
        "nickname",
        "nick",
    ),
    **_same(lambda fake: fake.name(), "person", "full_name", "display_name", "author", "owner"),
    **_same(lambda fake: fake.first_name(), "first_name", "given_name", "forename"),
    **_same(lambda fake: fake.last_name(), "last_name", "family_name", "surname"),
    **_same(
        lambda fake: fake.company(), "company", "organization", "organisation", "employer", "brand"
    ),
    **_same(lambda fake: fake.job(), "job", "job_title", "occupation", "profession"),
    **_same(lambda fake: fake.city(), "city", "town", "location"),
    **_same(lambda fake: fake.street_address(), "street", "address", "address_line"),
    **_same(lambda fake: fake.postcode(), "postcode", "zip", "zipcode", "postal_code"),
    **_same(lambda fake: fake.country(), "country"),
    **_same(lambda fake: fake.state(), "region", "province"),
    **_same(lambda fake: fake.numerify("+1 202 555 ####"), "phone", "mobile", "telephone", "fax"),
    **_same(
        lambda fake: f"https://{fake.domain_word()}.example.com/{fake.slug()}",
        "url",
        "website",
        "link",
        "homepage",
        "page",
    ),
    **_same(
        lambda fake: f"https://images.example.com/{fake.slug()}.jpg",
        "image",
        "avatar",
        "photo",
        "picture",
    ),
    **_same(lambda fake: fake.slug(), "slug", "permalink"),
    **_same(lambda fake: fake.file_name(), "filename", "file_name", "file"),
    **_same(lambda fake: fake.mime_type(), "mime_type", "content_type"),
    **_same(lambda fake: fake.bothify("???-#####").upper(), "code", "sku", "reference", "serial"),
    **_same(lambda fake: fake.isbn13(), "isbn"),
    **_same(lambda fake: fake.iban(), "iban"),
    **_same(lambda fake: fake.numerify("%.#.#"), "version"),
    **_same(lambda fake: fake.language_code(), "language", "locale", "lang"),
    **_same(lambda fake: fake.safe_color_name(), "color", "colour"),
    **_same(
        lambda fake: fake.word(),
        "word",
        "tag",
        "label",
        "category",
        "topic",
        "keyword",
        "genre",
        "kind",
    ),
    **_same(
        lambda fake: (
            f"$argon2id$v=19$m=65536,t=3,p=4${fake.lexify('?' * 22)}${fake.lexify('?' * 43)}"
        ),
        "hash",
        "password",
    ),
    **_same(lambda fake: fake.hexify("^" * 40), "token", "secret", "key", "digest", "checksum"),
    **_same(lambda fake: fake.catch_phrase(), "phrase", "headline", "tagline", "slogan"),
    **_same(lambda fake: fake.sentence(5).removesuffix("."), "sentence", "subject", "question"),
    **_same(
        lambda fake: fake.paragraph(),
        "paragraph",
        "bio",
        "about",
        "description",
        "summary",
        "excerpt",
        "abstract",
        "comment",
        "message",
        "note",
        "notes",
        "review",
        "reply",
        "answer",
    ),
    **_same(lambda fake: "\n\n".join(fake.paragraphs(4)), "body", "content", "text", "article"),
}


@cache
def _texts(kind: str, size: int) -> Sequence[str]:
    try:
        from faker import Faker
    except ImportError as error:
        raise _not_installed("faker") from error
    fake = Faker("en_US")
    fake.seed_instance(kind)
    return [_TEXTS[kind](fake) for _ in range(size)]


def _not_installed(library: str) -> CannotFillError:
    return CannotFillError(f"{library} is not installed: install the package with its [dev] extra")


# Numbers


def _integer(subject: Subject) -> Source:
    digits = 63 if subject.column.kind == "BigInteger" else 31
    numbers = _Numbers.of(subject, Decimal(1), Decimal(2**digits - 1))
    return numbers.source(int)


def _decimal(subject: Subject) -> Source:
    precision = subject.column.precision or 12
    scale = subject.column.scale or 0
    step = Decimal(1).scaleb(-scale)
    return _Numbers.of(subject, step, Decimal(10) ** (precision - scale) - step).source(Decimal)


def _float(subject: Subject) -> Source:
    return _Numbers.of(subject, Decimal("0.01"), Decimal(10**15)).source(float)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The multiples of `step` between the believable `low` and `high`, and on up to `last`."""

    step: Decimal
    low: int
    high: int
    last: int

    @classmethod
    def of(cls, subject: Subject, step: Decimal, largest: Decimal) -> _Numbers:
        least, most = _bounds(subject, step, largest)
        first, last = least, most
        if least == -largest or most == largest:
            known = (_RANGES[word] for word in reversed(subject.words) if word in _RANGES)
            low, high = next(known, (1, 1000))
            first = max(Decimal(low), least)
            last = min(max(Decimal(high), first + high - low), most)
            first = min(first, max(least, last - (high - low)))
        return cls(step, math.ceil(first / step), math.floor(last / step), math.floor(most / step))

    def source(self, kind: Callable[[Any], Any]) -> Source:
        count = self.last - self.low + 1
        return Made(
            lambda chance: kind(self.step * chance.randint(self.low, self.high)),
            lambda number: kind(self.step * (self.low + number % count)),
        )


def _bounds(subject: Subject, step: Decimal, largest: Decimal) -> tuple[Decimal, Decimal]:
    def stated(name: str, off: Decimal) -> list[Decimal]:
        return [Decimal(str(value)) + off for value in subject.stated(name)]

    least = max([-largest, *stated("ge", Decimal(0)), *stated("gt", step)])
    most = min([largest, *stated("le", Decimal(0)), *stated("lt", -step)])
    return least, most


_RANGES = {
    **dict.fromkeys(("price", "amount", "cost", "total", "fee", "salary"), (1, 500)),
    **dict.fromkeys(("age", "years"), (18, 90)),
    **dict.fromkeys(("year",), (1990, 2026)),
    **dict.fromkeys(("month",), (1, 12)),
    **dict.fromkeys(("day",), (1, 28)),
    **dict.fromkeys(("rating", "stars", "priority", "level"), (1, 5)),
    **dict.fromkeys(("percent", "percentage", "discount", "progress", "score"), (0, 100)),
    **dict.fromkeys(("quantity", "stock", "count", "seats"), (0, 200)),
    **dict.fromkeys(("latitude", "lat"), (-60, 70)),
    **dict.fromkeys(("longitude", "lng", "lon"), (-180, 180)),
    **dict.fromkeys(("views", "likes", "visits", "downloads"), (0, 20_000)),
}


# Moments


@cache
def _today() -> dt.datetime:
    """The midnight that all moments count from, so that a day's data are the same each time."""
    return dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


_YEAR = 365 * 24 * 3600
_PAST, _FUTURE, _LIVES = (-_YEAR, 0), (0, _YEAR), (-80 * _YEAR, -18 * _YEAR)
_WHEN = {
    **dict.fromkeys(("born", "birth", "birthday", "birthdate"), _LIVES),
    **dict.fromkeys(
        ("due", "expires", "expiry", "until", "deadline", "scheduled", "end", "ends"), _FUTURE
    ),
}


def _moment(subject: Subject) -> Source:
    zone = dt.UTC if subject.column.zoned else None
    return _moments(subject, 1, lambda moment: moment.replace(tzinfo=zone))


def _date(subject: Subject) -> Source:
    return _moments(subject, 24 * 3600, dt.datetime.date)


def _moments(subject: Subject, step: int, kind: Callable[[dt.datetime], Any]) -> Source:
    first, last = next((_WHEN[word] for word in subject.words if word in _WHEN), _PAST)

    def moment(steps: int) -> Any:
        return kind(_today() + dt.timedelta(seconds=steps * step))

    # Numbers go on into the past, where there is room, from the latest that is believable.
    return Made(
        lambda chance: moment(chance.randint(first // step, last // step)),
        lambda number: moment(last // step - number % 500_000),
    )


def _time(subject: Subject) -> Source:
    zone = dt.UTC if subject.column.zoned else None

    def time(seconds: int) -> dt.time:
        return (_today() + dt.timedelta(seconds=seconds)).time().replace(tzinfo=zone)

    return Made(
        lambda chance: time(300 * chance.randrange(72, 264)), lambda number: time(number % 86_400)
    )


def _interval(subject: Subject) -> Source:
    return Made(
        lambda chance: dt.timedelta(minutes=5 * chance.randint(1, 600)),
        lambda number: dt.timedelta(minutes=number + 1),
    )


# Everything else


def _uuid(subject: Subject) -> Source:
    def uuid(chance: Random) -> UUID:
        return UUID(int=chance.getrandbits(128), version=4)

    return Made(uuid, lambda number: uuid(Chance(f"{subject.name} {number}")))


def _boolean(subject: Subject) -> Source:
    return Pool([True, False])


def _enumeration(subject: Subject) -> Source:
    return Pool(subject.column.values)


def _binary(subject: Subject) -> Source:
    return Made(
        lambda chance: chance.randbytes(chance.randint(16, 64)),
        lambda number: number.to_bytes(8, "big"),
    )


def _json(subject: Subject) -> Source:
    topics = _texts("word", subject.size)
    return Pool(
        [
            {
                "source": word,
                "score": len(word) / 10,
                "checked": bool(i % 3),
                "tags": [word, topics[-i]],
            }
            for i, word in enumerate(topics)
        ]
    )


def _numbered_pool(number: Callable[[int], str]) -> Callable[[Subject], Source]:
    return lambda subject: Pool([number(each) for each in range(subject.size)], number)


def _listed(values: str) -> Callable[[Subject], Source]:
    return lambda subject: Pool(values.split())


def _spread(number: int, bits: int) -> int:
    """All the numbers of so many bits, each once, in an order that shows no pattern."""
    return number * 2654435761 & (1 << bits) - 1


def _phone(number: int) -> str:
    areas = ("202", "206", "212", "303", "312", "415", "512", "617")
    again, area = divmod(number, len(areas))
    return f"+1{areas[area]}{2_000_000 + again * 7919 % 8_000_000}"


def _address(number: int) -> str:
    value = _spread(number, 24)
    return f"10.{value >> 16}.{value >> 8 & 255}.{value & 255}"


_SOURCES: Mapping[str, Callable[[Subject], Source]] = {
    "Email": lambda subject: _fitted(subject, _texts("email", subject.size)),
    "URL": lambda subject: _fitted(subject, _texts("url", subject.size)),
    "Phone": _numbered_pool(_phone),
    "IPAddress": _numbered_pool(_address),
    "Color": _numbered_pool(lambda number: f"#{_spread(number + 1, 24):06x}"),
    "Currency": _listed(
        "EUR USD GBP CHF JPY SEK NOK DKK PLN CZK HUF AUD CAD NZD SGD INR BRL MXN ZAR"
    ),
    "Country": _listed(
        "DE FR GB IE ES PT IT AT CH NL BE DK SE NO FI PL CZ US CA MX BR AR JP KR IN AU NZ ZA"
    ),
    "Timezone": _listed(
        "UTC Europe/Berlin Europe/London Europe/Paris Europe/Madrid Europe/Warsaw Europe/Helsinki "
        "America/New_York America/Chicago America/Denver America/Los_Angeles America/Sao_Paulo "
        "Asia/Tokyo Asia/Seoul Asia/Kolkata Asia/Singapore Australia/Sydney Africa/Johannesburg"
    ),
    "Enum": _enumeration,
    "String": _text,
    "Text": _text,
    "UUID": _uuid,
    "Integer": _integer,
    "BigInteger": _integer,
    "Float": _float,
    "Decimal": _decimal,
    "Boolean": _boolean,
    "Date": _date,
    "DateTime": _moment,
    "Time": _time,
    "Interval": _interval,
    "JSON": _json,
    "Binary": _binary,
}
