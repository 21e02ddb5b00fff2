"""What PostgreSQL refuses, told in the words of the API: 409 and 422 name the field, 503 asks to retry."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response
from sqlalchemy import URL, Index, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import ColumnCollectionConstraint

from .errors import Conflict, Fault, Invalid, Problem, Unavailable, pointer
from .mapped import MappedEntity
from .resource import Resource, Resources
from .schemas import json_name

logger = logging.getLogger(__name__)

# Classes and codes of SQLSTATE after which the same request can succeed.
_TRANSIENT = ("08", "40", "53", "55P03", "57")


def is_transient(cause: object) -> bool:
    """Of an error of the driver."""
    return (getattr(cause, "sqlstate", None) or "").startswith(_TRANSIENT)


class DatabaseErrors:
    """Finds the problem of an error by the constraint that it names."""

    def __init__(self, resources: Resources) -> None:
        self._names = {
            (resource.name, column): name
            for resource in resources
            for column, name in _json_names(resource)
        }
        preparer = URL.create("postgresql+asyncpg").get_dialect()().identifier_preparer
        self._columns = {
            (table.name, preparer.format_constraint(item)): [each.name for each in item.columns]
            for table in _tables(resources)
            for item in _constraints(table)
        }

    def problem(self, error: DBAPIError) -> Problem | None:
        """None for what is the service's own fault."""
        cause: Any = error.driver_exception
        state = getattr(cause, "sqlstate", None) or ""
        if error.connection_invalidated or is_transient(cause):
            return Unavailable()
        match state:
            case "23505":
                return self._taken(cause)
            case "23503" | "23001":
                return self._unmatched(error.statement or "", cause)
            case "23502":
                return Invalid(*self._faults(cause, [cause.column_name], "must not be null"))
            case "23514" | "23P01":
                return Invalid(*self._faults(cause, self._of(cause), "is not allowed"))
        # Data exceptions, and limits such as that of an index entry.
        if state.startswith(("22", "54")) or isinstance(cause, asyncpg.DataError):
            return Invalid(Fault(detail="a value cannot be stored"))
        return None

    def _taken(self, cause: Any) -> Problem:
        columns = self._of(cause)
        faults = self._faults(
            cause, columns, "is taken" if len(columns) == 1 else "is taken in this combination"
        )
        return Conflict("it exists already", faults=faults)

    def _unmatched(self, statement: str, cause: Any) -> Problem:
        """PostgreSQL names the referring table whichever side was changed."""
        if statement.startswith("DELETE"):
            return Conflict(f"{cause.table_name} still refer to it")
        faults = self._faults(cause, self._of(cause), "refers to nothing that exists")
        return Conflict("a reference has no target", faults=faults)

    def _of(self, cause: Any) -> list[str]:
        return self._columns.get((cause.table_name, cause.constraint_name), [])

    def _faults(self, cause: Any, columns: list[str], detail: str) -> list[Fault]:
        names = [self._names.get((cause.table_name, column)) for column in columns]
        return [
            Fault(pointer=pointer([name]), detail=detail) if name else Fault(detail=detail)
            for name in names
        ]


def _json_names(resource: Resource) -> Iterator[tuple[str, str]]:
    """By column, what clients call it when they write it, or else when they read it."""
    for attribute, each in resource.entity.properties.items():
        if attribute in resource.create.model_fields:
            yield each.column, json_name(resource.create, attribute)
        elif attribute in resource.by_attribute:
            yield each.column, resource.by_attribute[attribute].name


def _tables(resources: Resources) -> Iterator[Table]:
    """Those of the resources, and those that stand beside them."""
    entities = (resource.entity for resource in resources)
    for metadata in {each.table.metadata for each in entities if isinstance(each, MappedEntity)}:
        yield from metadata.tables.values()


def _constraints(table: Table) -> Iterator[ColumnCollectionConstraint | Index]:
    for constraint in table.constraints:
        if isinstance(constraint, ColumnCollectionConstraint) and constraint.name:
            yield constraint
    yield from table.indexes


def install_database_errors(app: FastAPI, resources: Resources) -> None:
    errors = DatabaseErrors(resources)

    @app.exception_handler(DBAPIError)
    async def handle(request: Request, error: DBAPIError) -> Response:
        problem = errors.problem(error)
        if problem is None:
            raise error
        if isinstance(problem, Unavailable):
            logger.warning("%s %s: %s", request.method, request.url.path, error.orig)
        return problem.response()
