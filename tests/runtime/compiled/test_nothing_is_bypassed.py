"""Whatever a user adds takes part in the answer, and where it could not, PostgreSQL does not answer by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import (
    AfterValidator,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
)
from sqlalchemy import event
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from terapin.runtime.core import routing, wire
from terapin.runtime.core.application import install, lifespan, spare
from terapin.runtime.core.crud import CrudService
from terapin.runtime.core.database import get_session
from terapin.runtime.core.errors import NotFound
from terapin.runtime.core.resource import Resource, Resources
from terapin.runtime.core.routes import crud_router
from terapin.runtime.core.schemas import ReadSchema

from ..blog.models import Tag
from ..blog.schemas.tag import TagCreate, TagRead, TagUpdate
from ..blog.services.tag import TagService
from ..blog.settings import Settings
from ..blog.sources import sources
from ..harness import Api

Change = Callable[[FastAPI], None]


@asynccontextmanager
async def tags(
    settings: Settings,
    *,
    service: type[Any] = TagService,
    read: type[ReadSchema] = TagRead,
    before: Change = lambda app: None,
    after: Change = lambda app: None,
    include: dict[str, Any] | None = None,
    routes: Callable[[APIRouter], None] = lambda router: None,
    **options: Any,
) -> AsyncIterator[Api]:
    """A service of tags alone, and what somebody has made of it."""
    app = FastAPI(lifespan=lifespan(settings, sources), **options)
    resource = Resource(service=service, read=read, create=TagCreate, update=TagUpdate)
    install(app, settings, Resources([resource]))
    before(app)
    router = crud_router(resource, prefix="/tags", tags=[])
    routes(router)
    app.include_router(router, **(include or {}))
    after(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://blog.test") as client,
    ):
        yield Api(app, client)


async def answered(
    api: Api, method: str = "GET", path: str = "/tags", **options: Any
) -> tuple[httpx.Response, bool]:
    """And whether PostgreSQL made the answer by itself."""
    before = api.app.state.shortcut.answered
    response = await api.client.request(method, path, **options)
    return response, api.app.state.shortcut.answered > before


async def test_without_anything_added_it_is_answered(settings: Settings) -> None:
    async with tags(settings) as api:
        created, by_itself = await answered(api, "POST", json={"name": "a"})
        assert by_itself
        url = created.headers["location"]
        for method, body in (("GET", None), ("PATCH", {"name": "b"})):
            response, by_itself = await answered(api, method, url, json=body)
            assert by_itself, response.text
        assert (await answered(api))[1]


class Stamp:
    def __init__(self, app: ASGIApp, word: str) -> None:
        self.app = app
        self.word = word

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def stamped(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message["headers"], (b"stamp", self.word.encode())],
                }
            await send(message)

        await self.app(scope, receive, stamped)


async def test_middleware_runs_around_it(settings: Settings) -> None:
    async with tags(settings, after=lambda app: app.add_middleware(Stamp, word="outer")) as api:
        response, by_itself = await answered(api)
        assert (response.headers["stamp"], by_itself) == ("outer", True)


async def test_middleware_within_is_run(settings: Settings) -> None:
    def innermost(app: FastAPI) -> None:
        app.add_middleware(Stamp, word="inner")
        app.user_middleware.append(app.user_middleware.pop(0))

    async with tags(settings, after=innermost) as api:
        assert api.app.state.shortcut is None
        assert (await api.client.get("/tags")).headers["stamp"] == "inner"


def stamp(response: Response) -> None:
    response.headers["stamp"] = "dependency"


def note(request: Request) -> None:
    request.app.state.noted = True


class OwnRoute(APIRoute):
    pass


def literal(app: FastAPI) -> None:
    app.get("/tags/own")(lambda: {"own": True})


def whole(app: FastAPI) -> None:
    app.get("/tags")(lambda: {"own": True})


def any_first_segment(app: FastAPI) -> None:
    app.get("/{anything}")(lambda anything: {"own": True})


def mounted(app: FastAPI) -> None:
    inner = FastAPI()
    inner.get("/")(lambda: {"own": True})
    app.mount("/tags", inner)


@pytest.mark.parametrize(
    "options",
    [
        {"dependencies": [Depends(note)]},
        {"include": {"dependencies": [Depends(note)]}},
        {"routes": lambda router: router.dependencies.append(Depends(note))},
    ],
    ids=["application", "inclusion", "router"],
)
async def test_dependencies_are_run(settings: Settings, options: dict[str, Any]) -> None:
    async with tags(settings, **options) as api:
        _, by_itself = await answered(api)
        if "routes" not in options:
            assert api.app.state.noted
            assert not by_itself
        else:
            # Added to a router after its routes, it is not of them.
            assert by_itself


@pytest.mark.parametrize("before", [whole, any_first_segment, mounted])
async def test_a_route_that_stands_before_it_is_taken(settings: Settings, before: Change) -> None:
    async with tags(settings, before=before) as api:
        response, by_itself = await answered(
            api, path="/tags" if before is not mounted else "/tags/"
        )
        assert (response.json(), by_itself) == ({"own": True}, False)


async def test_a_literal_route_is_taken_before_a_key(settings: Settings) -> None:
    async with tags(settings, before=literal) as api:
        response, by_itself = await answered(api, path="/tags/own")
        assert (response.json(), by_itself) == ({"own": True}, False)
        assert (await answered(api, path="/tags/1"))[1] is False
        assert (await answered(api))[1]


async def test_a_route_that_stands_behind_it_is_not_taken(settings: Settings) -> None:
    async with tags(settings, after=whole) as api:
        response, by_itself = await answered(api)
        assert (response.json()["items"], by_itself) == ([], True)


async def test_a_route_may_be_added_while_it_runs(settings: Settings) -> None:
    async with tags(settings) as api:
        assert (await answered(api))[1]
        api.app.get("/later")(lambda: {"own": True})
        assert (await api.client.get("/later")).json() == {"own": True}
        assert (await answered(api))[1]


async def test_overrides_of_dependencies_are_obeyed(settings: Settings) -> None:
    async with tags(settings) as api:
        asked = []

        async def session() -> AsyncIterator[Any]:
            asked.append(True)
            async with api.database.session() as session:
                yield session

        api.app.dependency_overrides[get_session] = session
        assert not (await answered(api))[1]
        assert asked
        api.app.dependency_overrides.clear()
        assert (await answered(api))[1]


async def test_handlers_of_exceptions_are_asked(settings: Settings) -> None:
    async def gone(request: Request, error: Exception) -> Response:
        return Response("gone", 410)

    def handle(app: FastAPI) -> None:
        app.exception_handler(NotFound)(gone)

    async with tags(settings, after=handle) as api:
        response, _ = await answered(api, path="/tags/17")
        assert (response.status_code, response.text) == (410, "gone")


async def test_who_handles_every_exception_is_asked(settings: Settings) -> None:
    async def sorry(request: Request, error: Exception) -> Response:
        return Response(f"sorry: {error}", 500)

    def handle(app: FastAPI) -> None:
        app.exception_handler(Exception)(sorry)
        app.get("/broken")(broken)

    async def broken() -> None:
        raise ValueError("mine")

    async with tags(settings, after=handle) as api:
        response = await api.client.get("/broken")
        assert (response.status_code, response.text) == (500, "sorry: mine")
        assert response.headers["x-request-id"]


class Outermost:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.mark.parametrize("own", [False, True])
async def test_only_layers_of_fastapi_are_left_out(settings: Settings, *, own: bool) -> None:
    async with tags(settings) as api:
        if own:
            api.app.add_middleware(Outermost)
        api.app.middleware_stack = api.app.build_middleware_stack()
        whole = api.app.middleware_stack
        spare(api.app)
        assert (api.app.middleware_stack is whole) == own
        assert (await answered(api))[1]


def shouted(value: str) -> str:
    return value.upper()


class Serialized(TagRead):
    @field_serializer("name")
    def shout(self, value: str) -> str:
        return value.upper()


class Validated(TagRead):
    @field_validator("name")
    @classmethod
    def shout(cls, value: str) -> str:
        return value.upper()


class Computed(TagRead):
    @computed_field  # type: ignore[prop-decorator]
    @property
    def shouted(self) -> str:
        return self.name.upper()


class Whole(TagRead):
    @model_serializer(mode="wrap")
    def shout(self, handler: Any) -> Any:
        return {**handler(self), "name": self.name.upper()}


class Adorned(TagRead):
    name: Annotated[wire.Text, AfterValidator(shouted)]


class Aside(TagRead):
    """`shout` is no column."""

    shout: str = "A"


@pytest.mark.parametrize("read", [Serialized, Validated, Computed, Whole, Adorned, Aside])
async def test_schemas_are_obeyed(settings: Settings, read: type[ReadSchema]) -> None:
    async with tags(settings, read=read) as api:
        created, by_itself = await answered(api, "POST", json={"name": "a"})
        assert not by_itself
        assert "A" in created.json().values()
        for path in ("/tags", created.headers["location"]):
            response, by_itself = await answered(api, path=path)
            assert not by_itself
            assert '"A"' in response.text


def overriding(name: str) -> type[Any]:
    called: list[str] = []

    def method(self: Any, *arguments: Any, **options: Any) -> Any:
        called.append(name)
        return getattr(CrudService, name)(self, *arguments, **options)

    return type("Own", (TagService,), {name: method, "called": called})


@pytest.mark.parametrize(
    ("name", "method"),
    [("query", "GET"), ("list", "GET"), ("get", "GET"), ("create", "POST"), ("update", "PATCH")],
)
async def test_services_are_obeyed(settings: Settings, name: str, method: str) -> None:
    service = overriding(name)
    async with tags(settings, service=service) as api:
        created = await api.post("/tags", name="a")
        service.called.clear()
        path = "/tags" if name in ("list", "query", "create") else f"/tags/{created['id']}"
        body = {"name": "b"} if method != "GET" else None
        _, by_itself = await answered(api, method, path, json=body)
        assert not by_itself
        assert name in service.called


async def test_a_service_may_be_patched_while_it_runs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def empty(self: Any, page: Any) -> Any:
        raise NotFound

    async with tags(settings) as api:
        assert (await answered(api))[1]
        with monkeypatch.context() as patched:
            patched.setattr(TagService, "list", empty)
            assert (await answered(api))[0].status_code == 404
        assert (await answered(api))[1]


@contextmanager
def listening(target: Any, name: str, heard: list[str]) -> Iterator[None]:
    def hear(*_: Any, **__: Any) -> None:
        heard.append(name)

    event.listen(target, name, hear)
    try:
        yield
    finally:
        event.remove(target, name, hear)


@pytest.mark.parametrize(
    ("target", "name", "method"),
    [
        (Session, "do_orm_execute", "GET"),
        (Session, "before_flush", "POST"),
        (Tag, "load", "GET"),
        (Tag, "before_insert", "POST"),
        (Tag.name, "set", "POST"),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
async def test_listeners_hear(settings: Settings, target: Any, name: str, method: str) -> None:
    heard: list[str] = []
    async with tags(settings) as api:
        await api.post("/tags", name="first")
    with listening(target, name, heard):
        async with tags(settings) as api:
            heard.clear()
            _, by_itself = await answered(
                api, method, json={"name": "a"} if method == "POST" else None
            )
            assert not by_itself
            assert heard


async def test_it_can_be_switched_off(settings: Settings) -> None:
    off = settings.model_copy(update={"fast_path": False})
    async with tags(off) as api:
        assert not (await answered(api))[1]


async def test_it_can_be_deleted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "find_spec", lambda _: None)
    async with tags(settings) as api:
        assert api.app.state.shortcut is None
        assert (await api.post("/tags", name="a"))["name"] == "a"
        assert len((await api.get("/tags"))["items"]) == 1


def test_nothing_else_imports_it() -> None:
    core = Path(routing.__file__).parent
    modules = [each for each in core.rglob("*.py") if each.parent.name != "compiled"]
    assert len(modules) > 50
    assert [
        each.name
        for each in modules
        if re.search(r"import.*\bcompiled\b|\.compiled\b.*import", each.read_text())
    ] == []
