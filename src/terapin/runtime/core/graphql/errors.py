"""Errors of GraphQL: problems stand in their extensions, and nothing of the inside in any of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..database_errors import DatabaseErrors
from ..errors import Problem, Unavailable
from ..logs import request_id

logger = logging.getLogger(__name__)

_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    422: "BAD_USER_INPUT",
    429: "TOO_MANY_REQUESTS",
    501: "NOT_IMPLEMENTED",
    503: "SERVICE_UNAVAILABLE",
}
_INTERNAL = "INTERNAL_SERVER_ERROR"
_SUGGESTION = re.compile(r" Did you mean [^?]*\?")
# Of a message, which may repeat what was sent.
_LONGEST = 1_000

Json = dict[str, Any]


class RefusedError(Exception):
    """An operation that is not executed, and why."""

    def __init__(self, code: str, *errors: GraphQLError) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


def refused(code: str, message: str) -> RefusedError:
    return RefusedError(code, GraphQLError(message))


def refusal(refused: RefusedError, *, suggestions: bool) -> list[Json]:
    """Of an operation, as it is answered."""
    return [_own(error, refused.code, suggestions) for error in refused.errors]


def failures(
    errors: Iterable[GraphQLError], database: DatabaseErrors, *, suggestions: bool
) -> list[Json]:
    """Of fields, as they are answered. What nobody expected is logged, and told by the request's id."""
    return [_failure(error, database, suggestions) for error in errors]


def _failure(error: GraphQLError, database: DatabaseErrors, suggestions: bool) -> Json:
    cause = cause_of(error)
    # A variable that is wrong has a place in the document, and none in the answer.
    if cause is None or (error.path is None and error.locations):
        return _own(error, "BAD_USER_INPUT" if error.path is None else None, suggestions)
    problem = problem_of(cause, database)
    if problem is None:
        logger.error("GraphQL failed at %s", _place(error), exc_info=cause)
        message = f"something went wrong; it was logged as {request_id.get()}"
        return _formatted(error, message, {"code": _INTERNAL, "status": 500})
    extensions = {
        "code": _CODES.get(problem.status_code, _INTERNAL),
        "status": problem.status_code,
        **({"errors": [fault.as_dict() for fault in problem.faults]} if problem.faults else {}),
    }
    return _formatted(error, problem.detail, extensions)


def cause_of(error: GraphQLError) -> Exception | None:
    """What a resolver raised, unless that is an error of GraphQL itself."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def problem_of(error: BaseException, database: DatabaseErrors) -> Problem | None:
    """What REST would answer; None for what is the service's own fault."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, PoolTimeout | TimeoutError):
        return Unavailable()
    return database.problem(error) if isinstance(error, DBAPIError) else None


def _own(error: GraphQLError, code: str | None, suggestions: bool) -> Json:
    message = error.message if suggestions else _SUGGESTION.sub("", error.message)
    extensions = {**({"code": code} if code else {}), **(error.extensions or {})}
    return _formatted(error, message, extensions)


def _formatted(error: GraphQLError, message: str, extensions: Json) -> Json:
    locations = [location.formatted for location in error.locations or ()]
    return {
        "message": message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…",
        **({"locations": locations} if locations else {}),
        **({"path": error.path} if error.path is not None else {}),
        **({"extensions": extensions} if extensions else {}),
    }


def _place(error: GraphQLError) -> str:
    return ".".join(map(str, error.path or ())) or "its root"
