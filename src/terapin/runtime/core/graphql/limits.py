"""What an operation asks for, measured before it runs: its depth, its aliases, and how many objects it can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
)
from strawberry.types.field import StrawberryField

from .connections import Connection
from .documents import Document
from .errors import refused
from .fields import Fact
from .settings import GraphqlSettings

# How many rows a list is taken for that says nothing of itself by `metadata={"size": ...}`.
SIZE = 10

CODE = "LIMIT_EXCEEDED"


def check(
    schema: GraphQLSchema,
    document: Document,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    settings: GraphqlSettings,
) -> None:
    """Raises RefusedError."""
    measured = _Measured(schema, document, operation, variables)
    for what, found, most in (
        ("depth", measured.depth(), settings.max_depth),
        ("number of aliases", measured.aliases(), settings.max_aliases),
        ("cost", measured.cost(), settings.max_cost),
    ):
        if found > most:
            raise refused(CODE, f"the {what} of the operation is {found:,}, and may be {most:,}")


class _Measured:
    """Each fragment is measured once, however often it is spread."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: Document,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._variables = {**_defaults(operation), **variables}
        self._root = schema.get_root_type(operation.operation)
        self._depths: dict[str, int] = {}
        self._aliases: dict[str, int] = {}
        self._costs: dict[str, int] = {}

    def depth(self) -> int:
        return self._depth(self._operation.selection_set)

    def _depth(self, selected: SelectionSetNode) -> int:
        deepest = found = 0
        for each in selected.selections:
            if isinstance(each, FragmentSpreadNode):
                name = each.name.value
                if name not in self._depths:
                    self._depths[name] = self._depth(self._document.fragments[name].selection_set)
                found = self._depths[name]
            elif isinstance(each, FieldNode):
                nested = None if _introspects(each) else each.selection_set
                found = 1 + (self._depth(nested) if nested else 0)
            elif isinstance(each, InlineFragmentNode):
                found = self._depth(each.selection_set)
            deepest = max(deepest, found)
        return deepest

    def aliases(self) -> int:
        return self._aliased(self._operation.selection_set)

    def _aliased(self, selected: SelectionSetNode) -> int:
        found = 0
        for each in selected.selections:
            if isinstance(each, FragmentSpreadNode):
                name = each.name.value
                if name not in self._aliases:
                    fragment = self._document.fragments[name]
                    self._aliases[name] = self._aliased(fragment.selection_set)
                found += self._aliases[name]
            elif isinstance(each, FieldNode | InlineFragmentNode):
                found += isinstance(each, FieldNode) and each.alias is not None
                found += self._aliased(each.selection_set) if each.selection_set else 0
        return found

    def cost(self) -> int:
        return self._cost(self._operation.selection_set, self._root)

    def _cost(self, selected: SelectionSetNode, type_: Any) -> int:
        cost = 0
        for each in selected.selections:
            if isinstance(each, FragmentSpreadNode):
                name = each.name.value
                if name not in self._costs:
                    fragment = self._document.fragments[name]
                    on = self._schema.get_type(fragment.type_condition.name.value)
                    self._costs[name] = self._cost(fragment.selection_set, on)
                cost += self._costs[name]
            elif isinstance(each, FieldNode):
                cost += self._cost_of_field(each, type_)
            elif isinstance(each, InlineFragmentNode):
                condition = each.type_condition
                on = self._schema.get_type(condition.name.value) if condition else type_
                cost += self._cost(each.selection_set, on)
        return cost

    def _cost_of_field(self, node: FieldNode, type_: Any) -> int:
        if node.selection_set is None or _introspects(node):
            return 0
        name = node.name.value
        nested = self._cost(node.selection_set, get_named_type(type_.fields[name].type))
        size = max(self._size(node, each.fields[name]) for each in self._types(type_))
        return size * (1 + nested)

    def _types(self, type_: Any) -> Sequence[Any]:
        """An interface, with those that resolve its fields."""
        if not is_interface_type(type_):
            return [type_]
        return [type_, *self._schema.get_possible_types(type_)]

    def _size(self, node: FieldNode, field: GraphQLField) -> int:
        """How many objects the field answers, at most."""
        declared: StrawberryField | None = field.extensions.get("strawberry-definition")
        if isinstance(declared, Fact) and declared.size is not None:
            return self._argument(node, field, declared.size)
        if declared and declared.origin is Connection:
            return 1
        if not is_list_type(get_nullable_type(field.type)):
            return 1
        return int(declared.metadata.get("size", SIZE)) if declared else SIZE

    def _argument(self, node: FieldNode, field: GraphQLField, name: str) -> int:
        """A value that is wrong is refused when the field is resolved."""
        for each in node.arguments or ():
            if each.name.value == name:
                if isinstance(each.value, IntValueNode):
                    return max(1, int(each.value.value))
                if isinstance(each.value, VariableNode):
                    value = self._variables.get(each.value.name.value)
                    if isinstance(value, int):
                        return max(1, value)
        return int(field.args[name].default_value)


def _defaults(operation: OperationDefinitionNode) -> dict[str, int]:
    """The whole numbers among the defaults of variables."""
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }


def _introspects(node: FieldNode) -> bool:
    return node.name.value.startswith("__")
