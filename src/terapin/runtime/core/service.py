"""What every service does, wherever the rows of its model lie."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args

from sqlalchemy.ext.asyncio import AsyncSession

from .idempotency import Ledger
from .pagination import Page, PageQuery
from .schemas import CreateSchema, UpdateSchema

if TYPE_CHECKING:
    from .guard import Guard
    from .resource import Relation

Model = TypeVar("Model")
Create = TypeVar("Create", bound=CreateSchema)
Update = TypeVar("Update", bound=UpdateSchema)


class Noticed(ABCMeta):
    """Counts the changes of classes, for what was derived from them."""

    changes = 0

    def __setattr__(cls, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        Noticed.changes += 1

    def __delattr__(cls, name: str) -> None:
        super().__delattr__(name)
        Noticed.changes += 1


class Service(Generic[Model, Create, Update], metaclass=Noticed):
    """Works in the session of its caller, who commits. A row that `query` does not show is not there.

    Neither is one that whoever asks may not read: `readable` shows the others. `guard` is that of the resource.
    """

    model: ClassVar[type[Any]]
    guard: ClassVar[Guard | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for base in getattr(cls, "__orig_bases__", ()):
            arguments = get_args(base)
            if arguments and not isinstance(arguments[0], TypeVar):
                cls.model = arguments[0]
                cls.check_model()

    @classmethod
    def check_model(cls) -> None:
        """Raises TypeError if the model lies where such a service does not look.

        Services are written once, and an entity may move to another source afterwards.
        """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    @abstractmethod
    def query(self) -> Any:
        """The rows there are, for every read and write and where they are embedded elsewhere."""

    @abstractmethod
    def readable(self) -> Any:
        """Those of `query` that whoever asks may read."""

    @abstractmethod
    async def visible(self, keys: Collection[Any]) -> Collection[Any]:
        """Those of the keys whose rows are `readable`. Where all rows are, nothing is looked for."""

    @abstractmethod
    async def get(self, key: Any) -> Model: ...

    @abstractmethod
    async def list(self, page: PageQuery) -> Page[Model]: ...

    @abstractmethod
    async def create(self, data: Create) -> Model: ...

    @abstractmethod
    async def update(self, key: Any, data: Update, *, version: int | None = None) -> Model:
        """Merge what was given into the row (RFC 7396), if it still is of `version`."""

    @abstractmethod
    async def delete(self, key: Any, *, version: int | None = None) -> None: ...

    @abstractmethod
    async def related(
        self, relation: Relation, values: Collection[Any], page: PageQuery
    ) -> Mapping[Any, Page[Model]]:
        """The rows of a relation to this model, by the values that link them to their sources.

        Each source gets a page of its own, which no cursor continues, all sources together by one query.
        """

    @abstractmethod
    def ledger(self, principal: str, key: str) -> Ledger:
        """Where an Idempotency-Key is kept for what this service creates."""

    async def link(self, key: Any, relation: Relation, target_key: Any) -> None:
        """Connect two rows of a many-to-many relation; does nothing where they are connected already."""
        raise NotImplementedError(f"{relation.name} does not link many to many")

    async def unlink(self, key: Any, relation: Relation, target_key: Any) -> None:
        """Disconnect two rows; does nothing where they are not connected."""
        raise NotImplementedError(f"{relation.name} does not link many to many")


_CORE = f"{__package__}."


def own_methods(service: type[Service[Any, Any, Any]], names: Iterable[str]) -> list[str]:
    """Those of these methods that somebody has written for the service, which could do anything."""
    return [name for name in names if not getattr(service, name).__module__.startswith(_CORE)]
