"""Every error as a problem of RFC 9457 (`application/problem+json`), with nothing of the inside in it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

logger = logging.getLogger(__name__)

RETRY_AFTER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a request, and where: one of pointer (into the body), parameter or header."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None

    def as_dict(self) -> dict[str, str]:
        places = {"pointer": self.pointer, "parameter": self.parameter, "header": self.header}
        return {
            **{name: place for name, place in places.items() if place is not None},
            "detail": self.detail,
        }


class Problem(HTTPException):
    """Raised anywhere below an endpoint, it is the answer; the transaction is rolled back."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(
        self,
        detail: str | None = None,
        *,
        faults: Iterable[Fault] = (),
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status or self.status, detail, headers)
        self.faults = tuple(faults)

    def response(self) -> Response:
        title = HTTPStatus(self.status_code).phrase
        content: dict[str, Any] = {
            "type": "about:blank",
            "title": title,
            "status": self.status_code,
        }
        if self.detail != title:
            content["detail"] = self.detail
        if self.faults:
            content["errors"] = [fault.as_dict() for fault in self.faults]
        return Response(
            orjson.dumps(content),
            self.status_code,
            self.headers,
            media_type="application/problem+json",
        )


class BadRequest(Problem):
    status = HTTPStatus.BAD_REQUEST


class Anonymous(Problem):
    """There is no token where one is needed."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("this needs a token", headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status = HTTPStatus.FORBIDDEN

    def __init__(self, *faults: Fault) -> None:
        super().__init__("this is not allowed", faults=faults)


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND

    def __init__(self, detail: str = "there is nothing here") -> None:
        super().__init__(detail)


class Conflict(Problem):
    status = HTTPStatus.CONFLICT


class PreconditionFailed(Problem):
    status = HTTPStatus.PRECONDITION_FAILED

    def __init__(self) -> None:
        super().__init__(
            "it was changed since it was read",
            faults=[Fault(header="If-Match", detail="is not its current ETag")],
        )


class Invalid(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, *faults: Fault) -> None:
        super().__init__("the request is not valid", faults=faults)

    @classmethod
    def body(cls, error: ValidationError) -> Invalid:
        return cls(*(_body_fault(each["loc"], each["msg"]) for each in error.errors(**_BRIEF)))


class NotWritten(Problem):
    """What a seeded handler raises until it is written."""

    status = HTTPStatus.NOT_IMPLEMENTED

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} is declared, but not written yet")


class Unavailable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(
        self, detail: str = "the service is too busy", *, retry_after: float = RETRY_AFTER
    ) -> None:
        """`retry_after` is in seconds."""
        super().__init__(detail, headers={"Retry-After": str(max(1, ceil(retry_after)))})


# What a client sent is not repeated to it: it could be a password, and it could be long.
_BRIEF: dict[str, Any] = {"include_url": False, "include_context": False, "include_input": False}


def pointer(location: Iterable[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def _body_fault(location: Iterable[str | int], message: str) -> Fault:
    return Fault(pointer=pointer(location), detail=brief(message))


def brief(message: str) -> str:
    """Pydantic's message in the style of ours."""
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _request_fault(location: Sequence[str | int], message: str) -> Fault:
    """FastAPI puts the part of the request before the place in it."""
    part, *rest = location
    if part == "body":
        return _body_fault(rest, message)
    name = ".".join(map(str, rest))
    if part == "header":
        return Fault(header=name, detail=brief(message))
    return Fault(parameter=name, detail=brief(message))


def install_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        faults = [_request_fault(each["loc"], each["msg"]) for each in error.errors()]
        return Invalid(*faults).response()

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        """By the framework: an unknown path, a method that is not allowed."""
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            error.headers = {"Allow": ", ".join(_allowed_methods(request))}
        problem = Problem(error.detail, status=error.status_code, headers=error.headers)
        return problem.response()

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(TimeoutError)
    async def too_slow(request: Request, _: Exception) -> Response:
        path = request.url.path
        logger.warning("%s %s: no connection or no answer in time", request.method, path)
        return Unavailable().response()


def _allowed_methods(request: Request) -> Iterator[str]:
    """Of all routes of the path; the router itself names those of the first."""
    for method in ("DELETE", "GET", "PATCH", "POST", "PUT"):
        scope = {**request.scope, "method": method}
        routes = request.app.router.routes
        if any(route.matches(scope)[0] is Match.FULL for route in routes):
            yield method
