"""The reads of a resource, answered by what is kept: bytes, ETag and link, before a connection is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import Request, Response
from sqlalchemy import Alias, ColumnElement, Table
from sqlalchemy.sql import visitors

from ..canonical import digest
from ..database import Session, session_of
from ..errors import NotFound
from ..etags import not_modified
from ..parameters import Shape, parameters_of
from ..resource import Endpoint, Relation, Resource
from ..routes import path_key
from ..service import Service, own_methods
from . import tags
from .entries import Entry, Question

if TYPE_CHECKING:
    from .declared import DeclaredCache

_OVERRIDABLE = ("query", "readable", "get", "list", "related")


def overridden(service: type[Service[Any, Any, Any]]) -> list[str]:
    """What of its reads a service does in its own way, which could depend on anything."""
    return own_methods(service, _OVERRIDABLE)


def kept_reads(
    cache: DeclaredCache,
    endpoint: Endpoint,
    resource: Resource,
    relation: Relation | None,
    *,
    many: bool,
) -> Endpoint:
    reads = _Reads(resource, relation, many)

    async def read(request: Request, session: Session) -> Response:
        opened = cache.current
        query = sorted(request.query_params.multi_items(), key=lambda item: item[0])
        key = digest(["GET", reads.seen_by(request), request.url.path, query])
        entry = None if overridden(resource.service) else opened.kept(key)
        if entry is None:
            words = reads.depend_on(request)
            if words is None:
                return await endpoint(request, session)

            async def load() -> Entry:
                return await reads.ask(endpoint, request)

            entry = await opened.get(Question(key, words, load, opened.lifetime))
        return _response(entry, request)

    return read


@dataclass(frozen=True, slots=True)
class _Reads:
    """Of one route: rows of `resource`, or what a `relation` of one of them leads to."""

    resource: Resource
    relation: Relation | None
    many: bool

    def depend_on(self, request: Request) -> frozenset[str] | None:
        """None if somebody's own code takes part, of which this is not known."""
        shape = self._shape(request)
        if any(overridden(each.service) for each in self._resources(shape)):
            return None
        return tags.depending(self._words(request, shape))

    def seen_by(self, request: Request) -> Any:
        """Those who see the same: whoever may read all of it or none, else each subject for itself."""
        guard = self.resource.siblings.guard
        if guard is None:
            return ""
        guards = [each.guard for each in self._resources(self._shape(request)) if each.guard]
        conditions = [each.condition("read") for each in guards]
        fields = [each.fields("read") for each in guards]
        depending = [*conditions, *(each for found in fields for each in found.values())]
        if all(isinstance(each, bool) for each in depending):
            return [conditions, [sorted(each) for each in fields]]
        return guard.identity()

    async def ask(self, endpoint: Endpoint, request: Request) -> Entry:
        """In a session of its own, which sees nothing that others do not, and ends with nobody's request."""
        async with session_of(request.app.state.sources) as session:
            try:
                response = await endpoint(_unconditional(request), session)
            except NotFound:
                return Entry(b"", negative=True)
        headers = {name: response.headers[name] for name in response.headers if name in _KEPT}
        conditional = not (self.many or self.relation or self._shape(request).embeds)
        return Entry(b"\n".join((orjson.dumps([conditional, headers]), bytes(response.body))))

    @property
    def _target(self) -> Resource:
        return self.relation.target if self.relation else self.resource

    def _shape(self, request: Request) -> Shape:
        parameters = parameters_of(self._target)
        items = request.query_params.multi_items()
        if not self.many:
            return parameters.shape(items)
        return parameters.page(items)[1]

    def _resources(self, shape: Shape) -> Iterator[Resource]:
        yield self.resource
        yield self._target
        for relation in _embedded(self._target, shape):
            yield relation.target

    def _words(self, request: Request, shape: Shape) -> Iterator[tags.Dependency]:
        relations = list(_embedded(self._target, shape))
        if self.relation:
            relations.append(self.relation)
        if self.many and not self.relation:
            yield self.resource.model
        else:
            key = path_key(request, self.resource)
            for name in tags.names(self.resource.model):
                yield tags.row(name, key)
                yield tags.rows(name)
        for relation in relations:
            yield relation.target.model
            if relation.secondary is not None:
                yield relation.secondary
        for resource in self._resources(shape):
            if resource.guard is not None:
                for condition in (
                    resource.guard.condition("read"),
                    *resource.guard.fields("read").values(),
                ):
                    yield from _looked_at(condition, resource)


_KEPT = ("etag", "link", "cache-control", "vary")


def _embedded(resource: Resource, shape: Shape) -> Iterator[Relation]:
    for name, nested in shape.embeds.items():
        relation = resource.relation[name]
        yield relation
        yield from _embedded(relation.target, nested)


def _looked_at(condition: Any, resource: Resource) -> Iterator[tags.Dependency]:
    """The tables of other rows by which it is decided who reads one."""
    if not isinstance(condition, ColumnElement):
        return
    for each in visitors.iterate(condition):
        of = getattr(each, "table", None)
        own = isinstance(of, Table) and of.name == resource.name
        while isinstance(of, Alias):
            of = of.element
        if isinstance(of, Table) and not own:
            yield tags.table(of.name)


def _unconditional(request: Request) -> Request:
    headers = [item for item in request.scope["headers"] if item[0] != b"if-none-match"]
    return Request({**request.scope, "headers": headers})


def _response(entry: Entry, request: Request) -> Response:
    if entry.negative:
        raise NotFound
    head, body = entry.body.split(b"\n", 1)
    conditional, headers = orjson.loads(head)
    if conditional and not_modified(request, headers["etag"]):
        unchanged = {name: headers[name] for name in headers if name != "link"}
        return Response(status_code=304, headers=unchanged)
    return Response(body, 200, headers, media_type="application/json")
