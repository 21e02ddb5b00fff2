"""Orders as `rel:orderBy` states them: `-created_at,title`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    descending: bool


def orders(text: str) -> list[Order]:
    terms = [part.strip() for part in text.split(",")]
    return [Order(term.removeprefix("-"), term.startswith("-")) for term in terms]
