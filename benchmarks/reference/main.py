from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker
from starlette.exceptions import HTTPException

from . import endpoints, graphql, guarded
from .around import Deadline, Observed, configure_logging
from .database import connected


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = connected(os.environ["DATABASE_URL"])
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Journal", version="1.0.0", lifespan=lifespan)
    if os.environ["EXTRAS"] == "on":
        configure_logging()
        app.add_middleware(Deadline, seconds=10.0)
        app.add_middleware(Observed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(IntegrityError, _conflict)
    if os.environ["PERMISSIONS"] == "on":
        app.include_router(guarded.router)
        app.include_router(guarded.graphql, prefix="/graphql")
    else:
        app.include_router(endpoints.router)
        app.include_router(graphql.router, prefix="/graphql")
    app.add_api_route("/metrics", metrics)
    return app


async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _problem(status: int, **more: Any) -> JSONResponse:
    content = {"title": HTTPStatus(status).phrase, "status": status, **more}
    return JSONResponse(content, status, media_type="application/problem+json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(error.status_code, detail=error.detail)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"pointer": "/" + "/".join(map(str, each["loc"][1:])), "detail": each["msg"]}
        for each in error.errors()
    ]
    return _problem(422, detail="the request is not valid", errors=faults)


async def _conflict(request: Request, error: Exception) -> Response:
    return _problem(409, detail="it would contradict what is stored")
