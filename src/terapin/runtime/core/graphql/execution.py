"""Operations, from what was asked to what is answered, by Strawberry."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from graphql import OperationDefinitionNode, OperationType
from sqlalchemy.exc import DBAPIError
from strawberry.types import ExecutionResult

from ..database import database_of
from ..database_errors import DatabaseErrors
from ..errors import Unavailable
from .context import Context
from .documents import Document
from .errors import cause_of
from .requests import Asked
from .schema import Schema


async def execute(
    schema: Schema,
    document: Document,
    operation: OperationDefinitionNode,
    asked: Asked,
    request: Request,
    errors: DatabaseErrors,
) -> ExecutionResult:
    """What only reads is done again if the database lost it."""
    result: ExecutionResult | None = None

    async def attempt() -> ExecutionResult:
        nonlocal result
        async with Context(request, document.node, errors) as context:
            result = await schema.execute(
                document.text,
                variable_values={**asked.variables},
                context_value=context,
                operation_name=asked.operation_name,
            )
        _raise_outage(result)
        return result

    database = database_of(request.app)
    try:
        if database is None or operation.operation is not OperationType.QUERY:
            return await attempt()
        return await database.read(attempt)
    except (DBAPIError, Unavailable):
        if result is None:
            raise
        return result


def _raise_outage(result: ExecutionResult) -> None:
    for error in result.errors or ():
        if isinstance(cause := cause_of(error), DBAPIError | Unavailable):
            raise cause


def answer(result: ExecutionResult, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Without data where variables were wrong, and nothing was executed."""
    executed = result.data is not None or any(error.path for error in result.errors or ())
    return {
        **({"errors": errors} if errors else {}),
        **({"data": result.data} if executed else {}),
        **({"extensions": result.extensions} if result.extensions else {}),
    }
