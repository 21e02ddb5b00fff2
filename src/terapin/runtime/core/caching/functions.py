"""Functions whose results are kept."""

from __future__ import annotations

import copy
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from sqlalchemy.ext.asyncio import AsyncSession

from ..canonical import digest, full_name
from ..database import Database, session_of
from ..sources.manager import current_sources
from . import tags
from .cache import Cache
from .entries import Entry, Lifetime, Question
from .serializers import Serializer
from .tags import Dependency
from .writes import has_written

if TYPE_CHECKING:
    from .declared import DeclaredCache

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the results of a function are kept; None is what the cache's settings say."""

    serializer: Serializer
    depends_on: Iterable[Dependency] = ()
    tags: Iterable[str] | Callable[..., Iterable[str]] = ()
    namespace: str = ""
    key: Callable[..., Any] | None = None
    ttl: float | None = None
    stale_for: float | None = None
    negative_ttl: float | None = None

    def lifetime(self, default: Lifetime) -> Lifetime:
        def given(value: float | None, otherwise: float) -> float:
            return otherwise if value is None else value

        return Lifetime(
            given(self.ttl, default.ttl),
            given(self.stale_for, default.stale_for),
            given(self.negative_ttl, default.negative_ttl),
        )


def kept_function(
    cache: DeclaredCache, terms: Terms, function: Callable[P, Awaitable[R]]
) -> Callable[P, Coroutine[Any, Any, R]]:
    described = _Function(function, terms)

    @wraps(function)
    async def kept(*args: P.args, **kwargs: P.kwargs) -> R:
        call = described.call(*args, **kwargs)
        if call.session is not None and has_written(call.session):
            return await function(*args, **kwargs)
        entry = await cache.current.get(call.question(cache.current))
        try:
            return described.form.load(entry.body)
        except ValueError:
            # Somebody else wrote to the cache.
            return await function(*args, **kwargs)

    return kept


class Form(Generic[R]):
    """Turns results of a type into bytes and back."""

    def __init__(self, type_: Any, serializer: Serializer) -> None:
        try:
            self._adapter: TypeAdapter[R] = TypeAdapter(type_)
        except PydanticUserError as error:
            raise TypeError(
                f"{type_!r} cannot be kept: return what Pydantic can write and read, such as a schema"
            ) from error
        self._serializer = serializer

    @cached_property
    def version(self) -> str:
        """What was kept in another form is not found."""
        try:
            return digest(self._adapter.json_schema(mode="serialization"))
        except PydanticUserError:
            return ""

    def entry(self, value: R) -> Entry:
        return Entry(self._serializer.dump(self._adapter, value), negative=value is None)

    def load(self, body: bytes) -> R:
        result: R = self._serializer.load(self._adapter, body)
        return result


class _Function(Generic[P, R]):
    def __init__(self, function: Callable[P, Awaitable[R]], terms: Terms) -> None:
        self.function = function
        self.terms = terms
        self.name = full_name(function)
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{self.name} is not `async def`, so its results cannot be kept")
        if "return" not in function.__annotations__:
            raise TypeError(
                f"{self.name} does not say what it returns: annotate it, so that what is kept "
                "gets its type back"
            )
        self.signature = inspect.signature(function)

    @cached_property
    def form(self) -> Form[R]:
        """Of the annotation, which may name what is defined after the function."""
        annotations = SimpleNamespace(
            __annotations__={"return": self.function.__annotations__["return"]}
        )
        names = inspect.unwrap(self.function).__globals__
        hints = get_type_hints(annotations, names, include_extras=True)
        return Form(hints["return"], self.terms.serializer)

    def call(self, *args: P.args, **kwargs: P.kwargs) -> _Call[P, R]:
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return _Call(self, bound)


class _Call(Generic[P, R]):
    """Sessions are no part of what is asked for, nor is a service more than its class."""

    def __init__(self, function: _Function[P, R], bound: inspect.BoundArguments) -> None:
        self._function = function
        self._bound = bound
        self._sessions = {
            name: session
            for name, value in bound.arguments.items()
            if (session := _session_of(value)) is not None
        }

    @property
    def session(self) -> AsyncSession | None:
        return next(iter(self._sessions.values()), None)

    def question(self, cache: Cache) -> Question:
        terms = self._function.terms
        words = terms.tags
        if callable(words):
            words = words(*self._bound.args, **self._bound.kwargs)
        namespace = [terms.namespace] if terms.namespace else []
        depends_on = tags.depending([*terms.depends_on, *words, *namespace])
        key = self._key(cache.identity())
        return Question(key, depends_on, self._load, terms.lifetime(cache.lifetime))

    def _key(self, identity: Sequence[Any] = ()) -> str:
        function = self._function
        if function.terms.key is not None:
            what = function.terms.key(*self._bound.args, **self._bound.kwargs)
        else:
            what = {name: self._part(name, each) for name, each in self._bound.arguments.items()}
        form = function.form.version
        return digest([function.terms.namespace, function.name, form, what, *identity])

    def _part(self, name: str, value: Any) -> Any:
        return type(value) if name in self._sessions else value

    async def _load(self) -> Entry:
        """In a session of its own: a caller's may see what is older, or what nobody else sees, and ends with it."""
        if self.session is None:
            return await self._entry(self._bound)
        async with _another(self.session) as session:
            arguments = {
                name: _in_session(value, session) if name in self._sessions else value
                for name, value in self._bound.arguments.items()
            }
            return await self._entry(inspect.BoundArguments(self._bound.signature, arguments))

    async def _entry(self, bound: inspect.BoundArguments) -> Entry:
        value = await self._function.function(*bound.args, **bound.kwargs)
        return self._function.form.entry(value)


def _session_of(value: Any) -> AsyncSession | None:
    """Of an argument that is one, or that works in one, as a service does."""
    if isinstance(value, AsyncSession):
        return value
    session = getattr(value, "session", None)
    return session if isinstance(session, AsyncSession) else None


def _in_session(value: Any, session: AsyncSession) -> Any:
    if isinstance(value, AsyncSession):
        return session
    twin = copy.copy(value)
    twin.session = session
    return twin


@asynccontextmanager
async def _another(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Of the same database."""
    sources = session.info.get("sources") or current_sources()
    for source in sources:
        if isinstance(source, Database) and source.engine is session.bind:
            async with source.session() as another:
                another.info["sources"] = sources
                yield another
            return
    async with session_of(sources) as another:
        yield another
