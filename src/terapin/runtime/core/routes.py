"""The endpoints of a resource."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Scope

from . import bodies, idempotency, serialization
from .database import Session
from .errors import NotFound
from .etags import check_version, etag, expected_versions, not_modified
from .kept import keep
from .loading import load
from .openapi import TARGET, operation_id
from .pagination import Page, PageQuery
from .parameters import Parameters, Shape, parameters_of
from .reads import Rereading
from .resource import Relation, Resource
from .service import Service


def crud_router(resource: Resource, *, prefix: str, tags: Sequence[str]) -> APIRouter:
    """Answers are made by core, so FastAPI neither validates nor describes them (see `openapi`)."""
    router = APIRouter(
        prefix=prefix,
        tags=list(tags),
        default_response_class=Response,
        route_class=Rereading,
    )
    rows = Rows(resource)

    def add(
        path: str, verb: str, method: str, endpoint: Any, relation: Relation | None = None
    ) -> None:
        if method == "GET" and resource.cache is not None:
            endpoint = resource.cache.reads(endpoint, resource, relation, many=verb == "list")
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            name=operation_id(verb, resource, relation),
            operation_id=operation_id(verb, resource, relation),
            status_code=_STATUS.get(verb, 200),
            response_model=None,
        )

    add("", "list", "GET", rows.list)
    add("", "create", "POST", rows.create)
    one = f"/{{{resource.key_parameter}}}"
    add(one, "get", "GET", rows.get)
    add(one, "update", "PATCH", rows.update)
    add(one, "delete", "DELETE", rows.delete)
    for relation in resource.relation.values():
        related = Related(resource, relation)
        path = f"{one}/{relation.name}"
        if relation.many:
            add(path, "list", "GET", related.list, relation)
        else:
            add(path, "get", "GET", related.get, relation)
        if relation.secondary is not None:
            add(f"{path}/{{{TARGET}}}", "link", "PUT", related.link, relation)
            add(f"{path}/{{{TARGET}}}", "unlink", "DELETE", related.unlink, relation)
    keep()
    return router


_STATUS = {"create": 201, "delete": 204, "link": 204, "unlink": 204}


class Rows:
    """Endpoints of a resource itself."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    @property
    def parameters(self) -> Parameters:
        return parameters_of(self.resource)

    def service(self, session: AsyncSession) -> Service[Any, Any, Any]:
        return self.resource.service(session)

    async def list(self, request: Request, session: Session) -> Response:
        query, shape = self.parameters.page(request.query_params.multi_items())
        page = await self.service(session).list(query)
        return await answer_page(request, session, self.resource, page, shape)

    async def create(self, request: Request, session: Session) -> Response:
        self.parameters.none(request.query_params.multi_items())
        data = await bodies.read_body(request, self.resource.create, bodies.JSON)
        self.resource.check_key(data)

        async def create() -> Response:
            row = await self.service(session).create(data)
            response = await self._answer(session, row, self.parameters.default, status=201)
            key = quote(str(getattr(row, self.resource.key.attribute.key)), safe="")
            response.headers["Location"] = f"{public_path(request.scope)}/{key}"
            return response

        return await idempotency.once(request, self.service(session).ledger, create)

    async def get(self, request: Request, session: Session) -> Response:
        key = self._key(request)
        shape = self.parameters.shape(request.query_params.multi_items())
        row = await self.service(session).get(key)
        unchanged = not_modified(request, etag(row.row_version))
        if unchanged and not shape.embeds:
            headers = {"ETag": etag(row.row_version)}
            return Response(status_code=304, headers=headers)
        return await self._answer(session, row, shape)

    async def update(self, request: Request, session: Session) -> Response:
        key = self._key(request)
        self.parameters.none(request.query_params.multi_items())
        data = await bodies.read_body(
            request, self.resource.update, bodies.JSON, bodies.MERGE_PATCH
        )
        service = self.service(session)
        row = await service.update(key, data, version=await self._version(request, service, key))
        return await self._answer(session, row, self.parameters.default)

    async def delete(self, request: Request, session: Session) -> Response:
        key = self._key(request)
        self.parameters.none(request.query_params.multi_items())
        service = self.service(session)
        await service.delete(key, version=await self._version(request, service, key))
        return Response(status_code=204)

    def _key(self, request: Request) -> Any:
        return path_key(request, self.resource)

    async def _version(
        self, request: Request, service: Service[Any, Any, Any], key: Any
    ) -> int | None:
        """The version that If-Match names; of several, the current one."""
        expected = expected_versions(request)
        if expected is None:
            return None
        if len(expected) == 1:
            return next(iter(expected))
        row = await service.get(key)
        check_version(row.row_version, expected)
        return int(row.row_version)

    async def _answer(
        self, session: AsyncSession, row: Any, shape: Shape, *, status: int = 200
    ) -> Response:
        return await answer_row(session, self.resource, row, shape, status=status)


class Related:
    """Endpoints of a relationship of one row."""

    def __init__(self, resource: Resource, relation: Relation) -> None:
        self.resource = resource
        self.relation = relation

    @property
    def parameters(self) -> Parameters:
        return parameters_of(self.relation.target)

    async def list(self, request: Request, session: Session) -> Response:
        target = self.relation.target
        query, shape = self.parameters.page(request.query_params.multi_items(), self.relation.order)
        local = await self._local(request, session)
        page = await target.service(session).list(query.within(self.relation.criterion(local)))
        return await answer_page(request, session, target, page, shape)

    async def get(self, request: Request, session: Session) -> Response:
        target = self.relation.target
        shape = self.parameters.shape(request.query_params.multi_items())
        local = await self._local(request, session)
        if local is None:
            raise NotFound
        page = await target.service(session).list(PageQuery((self.relation.criterion(local),)))
        if not page.items:
            raise NotFound
        return await answer_row(session, target, page.items[0], shape)

    async def link(self, request: Request, session: Session) -> Response:
        await self.resource.service(session).link(*self._link(request))
        return Response(status_code=204)

    async def unlink(self, request: Request, session: Session) -> Response:
        await self.resource.service(session).unlink(*self._link(request))
        return Response(status_code=204)

    async def _local(self, request: Request, session: AsyncSession) -> Any:
        key = path_key(request, self.resource)
        row = await self.resource.service(session).get(key)
        return getattr(row, self.relation.local)

    def _link(self, request: Request) -> tuple[Any, Relation, Any]:
        self.parameters.none(request.query_params.multi_items())
        key = path_key(request, self.resource)
        target_key = path_key(request, self.relation.target, TARGET)
        return key, self.relation, target_key


def path_key(request: Request, resource: Resource, parameter: str | None = None) -> Any:
    parameter = parameter or resource.key_parameter
    return resource.parse_key(request.path_params[parameter], parameter)


async def answer_row(
    session: AsyncSession, resource: Resource, row: Any, shape: Shape, *, status: int = 200
) -> Response:
    embeds = await load(session, resource, [row], shape.embeds)
    content = serialization.one(resource, row, shape, embeds)
    return _json(content, status, {"ETag": etag(row.row_version)})


async def answer_page(
    request: Request, session: AsyncSession, resource: Resource, page: Page[Any], shape: Shape
) -> Response:
    embeds = await load(session, resource, page.items, shape.embeds)
    content = serialization.page(resource, page, shape, embeds)
    return _json(content, 200, _link_header(request, page))


def _json(content: bytes, status: int, headers: dict[str, str]) -> Response:
    return Response(content, status, headers, media_type="application/json")


def _link_header(request: Request, page: Page[Any]) -> dict[str, str]:
    if page.next_cursor is None:
        return {}
    query = continued(request.query_params.multi_items())
    return {"Link": next_link(request.scope["path"], query, page.next_cursor)}


def continued(query: Iterable[tuple[str, str]]) -> str:
    """The query string of a page up to where the cursor of the next one stands."""
    return urlencode([*(each for each in query if each[0] != "cursor"), ("cursor", "")])


def next_link(path: str, query: str, cursor: str) -> str:
    """Relative: what a client says in Host does not come back. `query` is `continued`; a cursor needs no quoting."""
    return f'<{quote(path)}?{query}{cursor}>; rel="next"'


def public_path(scope: Scope) -> str:
    """The path of a request, behind the public address of the service if that is configured."""
    base: str | None = scope["app"].state.settings.public_base
    return f"{(base or '').rstrip('/')}{quote(scope['path'])}"
