"""What core asks of permissions. Who answers is in `security`, where a service has it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .errors import Fault, Forbidden, Problem

if TYPE_CHECKING:
    from .resource import Resource

Operation = Literal["read", "create", "update", "delete"]
FieldOperation = Literal["read", "update"]

# What of a row whoever asked may not read, in the row itself.
_HIDDEN = "_hidden"


class Guard(Protocol):
    """Of the rows of a model. All of it is about whoever asks at the moment; where nobody does, everything is allowed.

    A condition is True, False, or an expression over the model.
    """

    resource: Resource

    @property
    def restricted(self) -> frozenset[str]:
        """The attributes that not everybody reads who reads the row."""

    def standing(self) -> Hashable:
        """Those of one standing meet the same conditions, which differ by values that are bound later."""

    def identity(self) -> Hashable:
        """Those of one identity see the same."""

    def sight(self) -> Hashable:
        """Those of one sight read the same of this model: a standing where nothing is asked of who it is."""

    @property
    def deciding(self) -> frozenset[str]:
        """The attributes of a row that decide who reads it."""

    def condition(self, operation: Operation) -> Any:
        """Which rows it may be done with."""

    def fields(self, operation: FieldOperation) -> Mapping[str, Any]:
        """By attribute, of which rows; those without a condition are left out."""

    def admit(self, operation: Operation) -> None:
        """Raises Problem where that is so for every row, and telling it tells of none."""

    def refusal(self, operation: Operation, attributes: Collection[str] = ()) -> Problem:
        """Of what is not allowed with this row, or with fields of it."""

    def check(self) -> None:
        """Raises TypeError where what is stated does not fit the model."""


class Rules(Protocol):
    """A policy, as it is declared."""

    @classmethod
    def guarding(cls, resource: Resource) -> Guard: ...


def hide(row: Any, attributes: Collection[str]) -> None:
    vars(row)[_HIDDEN] = attributes


def hidden(resource: Resource, row: Any) -> Collection[str]:
    """The attributes of a row that are answered as null: of one that core has not read, all that could be."""
    if resource.guard is None:
        return ()
    noted: Collection[str] | None = vars(row).get(_HIDDEN)
    return resource.guard.fields("read").keys() if noted is None else noted


def check_shown(resource: Resource, attribute: str) -> None:
    """Raises Forbidden for a field by which rows are not told apart, because not all of them show it."""
    guard = resource.guard
    if guard is not None and attribute in guard.restricted and attribute in guard.fields("read"):
        raise Forbidden(
            Fault(parameter=resource.by_attribute[attribute].name, detail="is not for you to read")
        )
