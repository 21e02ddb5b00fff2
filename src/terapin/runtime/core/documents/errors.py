"""What MongoDB refuses to write, told in the words of the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.errors import DuplicateKeyError, OperationFailure

from ..errors import Conflict, Fault, Invalid, pointer
from ..schemas import WriteSchema, json_name
from .codecs import CannotBeStoredError
from .document import Document

_INVALID = 121


@contextmanager
def told(model: type[Document], schema: type[WriteSchema]) -> Iterator[None]:
    """Around a write of what a client sent as `schema`: its problems name the fields of that."""

    def faults(columns: list[str], detail: str) -> Iterator[Fault]:
        for field in model.__stored__.values():
            if field.column in columns:
                name = json_name(schema, field.key)
                known = field.key in schema.model_fields or field.primary_key
                yield Fault(pointer=pointer([name]) if known else None, detail=detail)

    try:
        yield
    except CannotBeStoredError as error:
        raise Invalid(*faults([model.__stored__[error.attribute].column], str(error))) from None
    except DuplicateKeyError as error:
        columns = [*_details(error).get("keyPattern", ())]
        detail = "is taken" if len(columns) == 1 else "is taken in this combination"
        raise Conflict("it exists already", faults=faults(columns, detail)) from None
    except OperationFailure as error:
        if error.code != _INVALID:
            raise
        raise Invalid(*faults(_unsatisfied(error), "is not allowed")) from None


def _details(error: OperationFailure) -> dict[str, Any]:
    return {**(error.details or {})}


def _unsatisfied(error: OperationFailure) -> list[str]:
    """The fields that the collection's validator does not take."""
    rules = _details(error).get("errInfo", {}).get("details", {}).get("schemaRulesNotSatisfied", ())
    return [
        name
        for rule in rules
        for name in (
            *rule.get("missingProperties", ()),
            *(each["propertyName"] for each in rule.get("propertiesNotSatisfied", ())),
        )
    ]
