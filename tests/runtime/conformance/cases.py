"""A case is a document with what is sent along, and what is to become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Fate(Enum):
    COMPILED = "answered by PostgreSQL itself"
    ORDINARY = "executed the ordinary way"
    FAILED = "executed the ordinary way, and fields fail"
    REFUSED = "not executed"


@dataclass(frozen=True, slots=True)
class Case:
    """`own_words` are the service's, where graphql-core says the same in others."""

    fate: Fate
    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None
    own_words: bool = False

    def called(self, operation: str) -> Case:
        """With the name of the operation that is meant."""
        return replace(self, operation=operation)

    def in_own_words(self) -> Case:
        return replace(self, own_words=True)


Cases = Mapping[str, Case]


def compiled(document: str, **variables: Any) -> Case:
    return Case(Fate.COMPILED, document, variables)


def ordinary(document: str, **variables: Any) -> Case:
    return Case(Fate.ORDINARY, document, variables)


def failed(document: str, **variables: Any) -> Case:
    return Case(Fate.FAILED, document, variables)


def refused(document: str, **variables: Any) -> Case:
    return Case(Fate.REFUSED, document, variables)
