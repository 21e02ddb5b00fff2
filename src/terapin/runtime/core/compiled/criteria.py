"""The filters of parameters as conditions whose values are bound later, so that one statement serves them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Numeric, any_, bindparam, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from ..parameters import Filter

_ESCAPE = "/"


@dataclass(frozen=True, slots=True)
class Operator:
    """`compare` takes a column and what is bound, `prepare` makes of a value what is bound."""

    compare: Callable[[Any, Any], Any]
    prepare: Callable[[Any], Any] | None = None


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text


_OPERATORS: Mapping[str, Operator] = {
    "eq": Operator(lambda column, value: column == value),
    "in": Operator(lambda column, values: column == any_(values)),
    "lt": Operator(lambda column, value: column < value),
    "lte": Operator(lambda column, value: column <= value),
    "gt": Operator(lambda column, value: column > value),
    "gte": Operator(lambda column, value: column >= value),
    "contains": Operator(
        lambda column, text: column.contains(text, escape=_ESCAPE), prepare=_escaped
    ),
    "startswith": Operator(
        lambda column, text: column.startswith(text, escape=_ESCAPE), prepare=_escaped
    ),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter with its value, which stands under `name` unless it is part of the statement."""

    filter: Filter
    name: str
    value: Any

    @property
    def kind(self) -> tuple[str, str, Any]:
        """Conditions of one kind make one statement."""
        fixed = self.value if self.filter.operator == "isnull" else None
        return self.filter.column.name, self.filter.operator, fixed

    def criterion(self, entity: Any) -> Any:
        column = self.filter.column
        attribute = getattr(entity, column.attribute.key)
        if column.kind == "Decimal":
            # Of any number of digits: they are compared, not stored.
            attribute = type_coerce(attribute, Numeric)
        operator = self.filter.operator
        if operator == "isnull":
            return attribute.is_(None) if self.value else attribute.is_not(None)
        type_ = ARRAY(attribute.type) if operator == "in" else attribute.type
        bound = bindparam(self.name, type_=type_)
        if operator == "ne":
            return attribute.is_distinct_from(bound) if column.nullable else attribute != bound
        return _OPERATORS[operator].compare(attribute, bound)

    @property
    def bound(self) -> Any:
        operator = _OPERATORS.get(self.filter.operator)
        return operator.prepare(self.value) if operator and operator.prepare else self.value
