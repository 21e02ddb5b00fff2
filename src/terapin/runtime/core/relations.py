"""Relationships and references that SQLAlchemy does not know: to, from and between documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, overload

T = TypeVar("T")

OnDelete = Literal["CASCADE", "SET NULL", "RESTRICT"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: the value is the key, `attribute`, of a row of `model`.

    No database holds to it, so core does: on writing, and when the row that is referred to is deleted. It stands in
    `stored(references=...)`, and in `mapped_column(info={"reference": ...})` where a table refers to a collection.
    """

    model: str
    attribute: str
    on_delete: OnDelete = "RESTRICT"


class Related(Generic[T]):
    """What `related` declares: rows of another model, found by services. A row itself does not hold them."""

    owner: type[Any]
    key: str

    def __init__(
        self, model: str, *, local: str | None, remote: str | None, many: bool, order: Sequence[str]
    ) -> None:
        self.model = model
        self.local = local
        self.remote = remote
        self.many = many
        self.order = tuple((term.removeprefix("-"), term.startswith("-")) for term in order)

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.owner = owner
        self.key = name

    @overload
    def __get__(self, row: None, owner: type[Any]) -> Related[T]: ...

    @overload
    def __get__(self, row: object, owner: type[Any]) -> T: ...

    def __get__(self, row: object | None, owner: type[Any]) -> Any:
        if row is None:
            return self
        raise AttributeError(
            f"{owner.__name__}.{self.key} is not loaded with its row: "
            f"ask the service of {self.model} for it"
        )

    def __repr__(self) -> str:
        return f"{self.owner.__name__}.{self.key}"


def related(
    model: str,
    *,
    key: str | None = None,
    remote: str | None = None,
    other: str | None = None,
    many: bool = False,
    order_by: str | Sequence[str] = (),
) -> Any:
    """A relationship to `model`, named by its class.

    Either `key`, an attribute of this model, refers to `other` of the target, or `remote`, an attribute of the
    target, refers to `other` of this model; `other` is the key unless it is said. `order_by` is as in a query
    string: `-at` is descending.
    """
    if (key is None) == (remote is None):
        raise TypeError("a relationship has a key of its own or a remote one: give one of the two")
    return Related[Any](
        model,
        local=key if remote is None else other,
        remote=remote if key is None else other,
        many=many,
        order=(order_by,) if isinstance(order_by, str) else order_by,
    )
