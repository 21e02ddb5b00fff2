"""Routes are found by the beginning of a path, however many there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from terapin.runtime.core.routing import Routing, include


def routed(*routers: APIRouter) -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    include(app, routers)
    return app


def router_of(name: str, prefix: str = "") -> APIRouter:
    router = APIRouter(prefix=prefix or f"/{name}")
    router.add_api_route("", lambda: name)
    router.add_api_route("/{key}", lambda key: f"{name} {key}")
    return router


def client_of(app: FastAPI) -> httpx.AsyncClient:
    app.router.middleware_stack = Routing(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a.test")


async def test_answers_as_the_whole_router_does() -> None:
    app = routed(router_of("users"), router_of("posts"), router_of("wild", "/{any}/wild"))
    app.get("/{whole:path}")(lambda whole: f"rest {whole}")
    async with client_of(app) as client:
        for path, answer in (
            ("/users", "users"),
            ("/users/1", "users 1"),
            ("/posts/wild", "posts wild"),
            ("/other/wild", "wild"),
            ("/users/1/2", "rest users/1/2"),
            ("/nothing", "rest nothing"),
            ("/", "rest "),
        ):
            assert (await client.get(path)).json() == answer
        assert (await client.post("/users")).status_code == 405


async def test_what_is_mounted_and_added_later_is_found(tmp_path: object) -> None:
    app = routed(router_of("users"))
    app.mount("/files", StaticFiles(directory=str(tmp_path)), name="files")
    async with client_of(app) as client:
        assert (await client.get("/files/none")).status_code == 404
        assert (await client.get("/later")).status_code == 404
        app.get("/later")(lambda: "later")
        assert (await client.get("/later")).json() == "later"


async def test_hundreds_of_routers_start() -> None:
    app = routed(*(router_of(f"r{number}") for number in range(520)))
    async with app.router.lifespan_context(app), client_of(app) as client:
        assert (await client.get("/r519/1")).json() == "r519 1"


async def test_a_router_keeps_a_lifespan_of_its_own() -> None:
    begun = []

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        begun.append(True)
        yield

    app = routed(router_of("users"), APIRouter(lifespan=lifespan), router_of("posts"))
    async with app.router.lifespan_context(app):
        assert begun
