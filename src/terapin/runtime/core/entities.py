"""What core knows of a model, wherever its rows lie: in a table, or in a collection of MongoDB."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from .database import Base
from .relations import Reference, Related


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A value that each row has. `column` is its name where the rows lie, `kind` its type in the ontology's words.

    What is `counted` is numbered by the database, what is `preset` has a value of its making if nobody gives one. A
    `reference` is `held` where the database itself holds to it.
    """

    attribute: str
    column: str
    kind: str
    nullable: bool = False
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    zoned: bool = True
    values: Sequence[str] = ()
    reference: Reference | None = None
    held: bool = False
    counted: bool = False
    preset: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    """Of a relationship: `local`, an attribute of its model, is equal to `remote`, one of the target's.

    With `secondary` each of the two is what a column of that table refers to: `here` and `there`.
    """

    target: type[Any]
    many: bool
    local: str
    remote: str
    order: Sequence[tuple[str, bool]] = ()
    secondary: Table | None = None
    here: Any = None
    there: Any = None


class Entity(ABC):
    """The facts of a model, and the operations on its rows that references between sources need."""

    def __init__(self, model: type[Any]) -> None:
        self.model = model

    @property
    @abstractmethod
    def name(self) -> str:
        """Of its table or collection; its path in the API, too."""

    @property
    @abstractmethod
    def properties(self) -> Mapping[str, Property]:
        """By attribute."""

    @property
    @abstractmethod
    def key(self) -> Property: ...

    @property
    @abstractmethod
    def unique(self) -> Sequence[tuple[str, ...]]:
        """The sets of attributes that no two rows may share, the key included."""

    def operand(self, attribute: str) -> Any:
        """What is compared with the values of a query string."""
        return getattr(self.model, attribute)

    def ends(self, relationship: Any) -> Ends:
        """Of an attribute of the model, as it stands in the class."""
        related: Related[Any] = relationship
        target = model_named(related.model, related.owner)
        return Ends(
            target=target,
            many=related.many,
            local=related.local or self.key.attribute,
            remote=related.remote or entity_of(target).key.attribute,
            order=related.order,
        )

    @cached_property
    def references(self) -> Mapping[str, Entity]:
        """By attribute, what each foreign key refers to; also those that the database holds to."""
        found = {}
        for name, each in self.properties.items():
            if each.reference is not None:
                target = entity_of(model_named(each.reference.model, self.model))
                if each.reference.attribute != target.key.attribute:
                    raise TypeError(
                        f"{self.model.__name__}.{name} refers to {each.reference.attribute} of "
                        f"{target.model.__name__}, whose key is {target.key.attribute}"
                    )
                found[name] = target
        return found

    @abstractmethod
    async def exists(self, session: AsyncSession, key: Any) -> bool:
        """Whether there is such a row, which then is there until the session ends."""

    @abstractmethod
    async def claim(self, session: AsyncSession, keys: Collection[Any]) -> None:
        """From here on nobody comes to refer to these rows, which are about to be deleted, until the session ends."""

    @abstractmethod
    async def referring(
        self,
        session: AsyncSession,
        attribute: str,
        values: Collection[Any],
        *,
        besides: Collection[Any] = (),
        limit: int | None = None,
    ) -> list[Any]:
        """The keys of rows, `besides` these, in which the attribute has one of the values."""

    @abstractmethod
    async def release(self, session: AsyncSession, attribute: str, keys: Collection[Any]) -> None:
        """Empty the attribute in the rows of these keys."""

    @abstractmethod
    async def remove(self, session: AsyncSession, keys: Collection[Any]) -> None:
        """Delete the rows of these keys."""


_registered: list[type[Any]] = []


def register(model: type[Any]) -> None:
    """Make a model known that SQLAlchemy does not map."""
    _registered.append(model)


def models() -> Iterator[type[Any]]:
    """All that are imported."""
    yield from (each for each in _subclasses(Base) if hasattr(each, "__table__"))
    yield from _registered


def _subclasses(base: type[Any]) -> Iterator[type[Any]]:
    for each in base.__subclasses__():
        yield each
        yield from _subclasses(each)


def model_named(name: str, owner: type[Any]) -> type[Any]:
    """The model that a declaration in `owner` means: of several, the one that lies beside it."""
    found = [each for each in models() if each.__name__ == name]
    near = [each for each in found if _package(each) == _package(owner)]
    for candidates in (near, found):
        if len(candidates) == 1:
            return candidates[0]
    problem = "no model has this name" if not found else "several models have this name"
    raise LookupError(f"{owner.__name__} speaks of {name}: {problem}")


def _package(model: type[Any]) -> str:
    return model.__module__.rpartition(".")[0]


_entities: dict[type[Any], Entity] = {}


def entity_of(model: type[Any]) -> Entity:
    """The one of a model, which says itself what it is if SQLAlchemy does not map it."""
    if model not in _entities:
        _entities[model] = _entity(model)
    return _entities[model]


def _entity(model: type[Any]) -> Entity:
    if hasattr(model, "__entity__"):
        entity: Entity = model.__entity__()
        return entity
    from .mapped import MappedEntity

    return MappedEntity(model)
