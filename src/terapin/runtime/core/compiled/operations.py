"""GraphQL queries as one statement: from the body of a request to the bytes of its answer, without graphql-core.

An operation in which anything is resolved by code of the service, or is wrong, has no answer here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    NamedTypeNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
)
from graphql.execution.values import (
    VariableValues,
    get_argument_values,
    get_directive_values,
    get_variable_values,
)
from sqlalchemy import Dialect, Select, bindparam, false, or_, true
from sqlalchemy.sql import and_
from starlette.requests import Request
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from ..database import Database
from ..errors import Problem
from ..graphql.documents import Document
from ..graphql.endpoint import GraphQL
from ..graphql.errors import RefusedError
from ..graphql.fields import MAX_OFFSET, ByKey, Connected, Many, One, checked_key, within
from ..graphql.fields import Listed as ListedField
from ..graphql.filters import MAX_CONDITIONS, SPELT, checked, filters_of, given, order
from ..graphql.requests import JSON, Asked, asked, asked_by_url, media_type
from ..graphql.rows import Row, column_of
from ..graphql.schema import Prepared as Core
from ..graphql.schema import Schema, core_schema
from ..guard import check_shown
from ..pagination import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor, sealed, total_order
from ..parameters import MAX_IN
from ..resource import Resource
from . import selection as selecting
from . import sql
from .compilation import Statement, compiled
from .connections import Assembly, asks_for, shown
from .criteria import Condition
from .eligible import NotCompiledError, not_read
from .messages import Answer, Incoming, joined
from .remembered import Remembered
from .selection import (
    Constant,
    Criterion,
    Found,
    Listed,
    Member,
    Root,
    Rows,
    Selection,
    Value,
    Window,
)

logger = logging.getLogger(__name__)

# Bodies and URLs beyond it are understood anew each time.
_LONGEST = 16_384

Fields = Mapping[str, list[FieldNode]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement with its arguments, and what becomes of its rows; `counted` tells how many there are in all."""

    statement: Statement
    arguments: Sequence[Any]
    document: Callable[[Sequence[Any], int | None], bytes]
    counted: tuple[Statement, Sequence[Any]] | None = None


class Operations:
    """Those of one method of a GraphQL, each understood once."""

    def __init__(self, graphql: GraphQL, dialect: Dialect) -> None:
        self._graphql = graphql
        self._dialect = dialect
        self._guard = graphql.resources.guard
        self._plans: Remembered[Any, _Plan | str] = Remembered()
        self._statements: Remembered[Any, Statement] = Remembered()

    async def __call__(self, incoming: Incoming, database: Database, _: object) -> Answer | None:
        if incoming.scope["method"] == "GET":
            plan = self._plan(incoming.scope["query_string"], asked_by_url)
        elif incoming.media_type() == JSON.encode():
            plan = self._plan(await incoming.body(), _single)
        else:
            return None
        if isinstance(plan, str):
            incoming.reason = plan
            return None
        media = media_type(Request(incoming.scope)).encode()
        arguments = plan.statement.again(plan.arguments)
        rows = await database.rows(plan.statement.text, arguments)
        total = None
        if plan.counted is not None:
            statement, arguments = plan.counted
            ((total,),) = await database.rows(statement.text, statement.again(arguments))
        return Answer(200, [(b"content-type", media)], plan.document(rows, total))

    def _plan(self, text: bytes, read: Callable[[bytes], Asked]) -> _Plan | str:
        """Or the reason why there is none."""
        asked = self._asked(text)
        plan = self._plans.get(asked)
        if plan is None:
            try:
                plan = self._made(read(text))
            except (Problem, RefusedError) as error:
                plan = f"it is refused: {error}"
            except GraphQLError as error:
                plan = f"it is refused: {error.message}"
            except NotCompiledError as error:
                plan = str(error)
                logger.info("a GraphQL operation takes the ordinary path: %s", plan)
            if len(text) <= _LONGEST:
                self._plans[asked] = plan
        return plan

    def _asked(self, what: Any) -> Any:
        """As it is asked by those of one standing, who get one statement."""
        return what if self._guard is None else (self._guard.standing(), what)

    def _made(self, asked: Asked) -> _Plan:
        document, operation = self._graphql.prepared(asked)
        if operation.operation is not OperationType.QUERY:
            raise NotCompiledError("it is no query")
        schema = self._graphql.schema
        if reason := _own_extensions(schema):
            raise NotCompiledError(reason)
        definitions = operation.variable_definitions or ()
        given_ = {**asked.variables}
        variables = get_variable_values(core_schema(schema), definitions, given_)
        if isinstance(variables, list):
            raise NotCompiledError("its variables are wrong")
        compiler = _Compiler(schema, document, variables)
        if (connection := compiler.connection(operation.selection_set)) is not None:
            return self._connected(*connection, compiler.values)
        roots = compiler.roots(operation.selection_set)
        kind, root = selecting.kind(roots), roots[0] if len(roots) == 1 else None
        if isinstance(root, Listed):
            # The rows of one list are all there is to answer.
            statement = self._compiled(kind, lambda: sql.rows(root.selection, root.window))
            document_ = partial(_list, b'{"data":{%b:[' % orjson.dumps(root.name), b"]}}")
        else:
            statement = self._compiled(kind, lambda: sql.document(roots))
            document_ = partial(_list, b'{"data":', b"}")
        return _Plan(statement, statement.arguments(compiler.values), document_)

    def _connected(self, listed: Listed, assembly: Assembly, values: Mapping[str, Any]) -> _Plan:
        selection, window = listed.selection, listed.window
        kind = "connection", selecting.kind([listed])
        statement = self._compiled(kind, lambda: sql.page(selection, window))
        counted = None
        if asks_for(assembly.parts, "totalCount"):
            every = replace(window, position=None)
            count = self._compiled(("count", kind), lambda: sql.count(selection, every, None, None))
            counted = count, count.arguments(values)
        return _Plan(statement, statement.arguments(values), assembly.document, counted)

    def _compiled(self, kind: Any, query: Callable[[], Select[Any]]) -> Statement:
        asked = self._asked(kind)
        statement = self._statements.get(asked)
        if statement is None:
            statement = self._statements[asked] = compiled(query(), self._dialect)
        return statement


def _single(body: bytes) -> Asked:
    (operation, *_), batch = asked(body, 1)
    if batch:
        raise NotCompiledError("it is a batch")
    return operation


def _list(before: bytes, behind: bytes, rows: Sequence[Any], _: int | None) -> bytes:
    return joined(before, [row[0] for row in rows], behind)


@cache
def _own_extensions(schema: Schema) -> str | None:
    own = [each for each in schema.extensions if each is not Core]
    return "the schema has extensions of its own" if own else None


class _Compiler:
    """Of one operation with its variables; `values` are what is to be bound."""

    def __init__(self, schema: Schema, document: Document, variables: VariableValues) -> None:
        self.values: dict[str, Any] = {}
        self._schema = schema
        self._core = core_schema(schema)
        self._document = document
        self._variables = variables
        self._conditions = 0

    def roots(self, selected: SelectionSetNode) -> list[Root]:
        type_: Any = self._core.query_type
        fields = self._collected([selected], type_)
        return [self._root(name, nodes, type_) for name, nodes in fields.items()]

    def connection(self, selected: SelectionSetNode) -> tuple[Listed, Assembly] | None:
        """The only root field, if that is what it is."""
        type_: Any = self._core.query_type
        ((name, nodes), *others) = [*self._collected([selected], type_).items()] or [("", [])]
        if others or not nodes or nodes[0].name.value == "__typename":
            return None
        field, arguments = self._field(nodes[0], type_)
        if type(field) is not Connected:
            return None
        inner: Any = get_named_type(type_.fields[nodes[0].name.value].type)
        _admit(field.resource)
        parts, rows = shown(nodes, inner, self._fields)
        if len(rows) > 1:
            raise NotCompiledError("it asks for the nodes of a connection twice")
        node: Any = self._core.get_type(field.resource.title)
        selection = self._of_rows(field, rows[0] if rows else (), node)
        window, continued = self._continued(field, arguments)
        sort = total_order(field.resource.model, window.sort)
        belongs_to = sealed(field.resource.model, sort)
        listed = Listed(name, selection, replace(window, sort=sort))
        return listed, Assembly(name, parts, window.limit, belongs_to, continued)

    def _continued(self, field: Any, arguments: Mapping[str, Any]) -> tuple[Window, bool]:
        """The window of a connection, and whether it begins behind a cursor."""
        resource: Resource = field.resource
        window = Window(
            where=tuple(self._where(resource, arguments.get("where"))),
            sort=order(resource, arguments.get("order_by")),
            limit=within("first", arguments.get("first"), 1, MAX_LIMIT, DEFAULT_LIMIT),
        )
        after = arguments.get("after")
        if after is None:
            return window, False
        terms = total_order(resource.model, window.sort)
        position = decode_cursor(after, resource.model, terms)
        bound = (
            None if value is None else self._bind(value, term.column)
            for term, value in zip(terms, position, strict=True)
        )
        return replace(window, position=tuple(bound)), True

    def _fields(
        self, nodes: Sequence[FieldNode], type_: GraphQLObjectType
    ) -> dict[str, list[FieldNode]]:
        return self._collected([each.selection_set for each in nodes if each.selection_set], type_)

    def _root(self, name: str, nodes: Sequence[FieldNode], type_: GraphQLObjectType) -> Root:
        if nodes[0].name.value == "__typename":
            return Constant(name, type_.name)
        field, arguments = self._field(nodes[0], type_)
        if type(field) not in (ByKey, ListedField):
            raise NotCompiledError(f"{type_.name}.{nodes[0].name.value} is resolved in Python")
        _admit(field.resource)
        selection = self._selection(field, nodes, type_)
        if type(field) is ListedField:
            return Listed(name, selection, self._window(field, arguments))
        key = self._bind(checked_key(field.resource, arguments), field.resource.key.attribute)
        return Found(name, selection, key)

    def _selection(
        self, field: Any, nodes: Sequence[FieldNode], parent: GraphQLObjectType
    ) -> Selection:
        return self._of_rows(field, nodes, get_named_type(parent.fields[nodes[0].name.value].type))

    def _of_rows(self, field: Any, nodes: Sequence[FieldNode], type_: Any) -> Selection:
        resource: Resource = field.resource
        if reason := not_read(resource) or own_type(field.node):
            raise NotCompiledError(reason)
        fields = self._fields(nodes, type_)
        return Selection(
            resource,
            tuple(self._member(name, nested, type_, field.node) for name, nested in fields.items()),
        )

    def _member(
        self, name: str, nodes: Sequence[FieldNode], type_: GraphQLObjectType, node: type[Row]
    ) -> Member:
        if nodes[0].name.value == "__typename":
            return Constant(name, type_.name)
        field, arguments = self._field(nodes[0], type_)
        if type(field) is One:
            return selecting.One(name, field.relation, self._selection(field, nodes, type_))
        if type(field) is Many:
            selection = self._selection(field, nodes, type_)
            window = self._window(field, arguments)
            if not window.sort:
                window = selecting.sorted_by(window, field.relation.order)
            return Rows(name, field.relation, selection, window)
        column = column_of(node, field) if type(field) is StrawberryField else None
        if column is None:
            raise NotCompiledError(f"{type_.name}.{nodes[0].name.value} is resolved in Python")
        return Value(name, column, _names(type_.fields[nodes[0].name.value].type))

    def _field(self, node: FieldNode, type_: GraphQLObjectType) -> tuple[Any, Mapping[str, Any]]:
        """What a field is declared as, and its arguments."""
        declared = type_.fields.get(node.name.value)
        if declared is None:
            raise NotCompiledError("it asks for the schema")
        field = declared.extensions.get("strawberry-definition")
        if field is None or field.extensions or field.permission_classes or field.directives:
            raise NotCompiledError(f"{type_.name}.{node.name.value} is not core's alone")
        values = get_argument_values(declared, node, self._variables)
        converter = self._schema.schema_converter
        return field, convert_arguments(
            values, field.arguments, converter.scalar_registry, converter.config
        )

    def _window(self, field: Any, arguments: Mapping[str, Any]) -> Window:
        resource: Resource = field.resource
        offset = within("offset", arguments.get("offset"), 0, MAX_OFFSET, 0)
        return Window(
            where=tuple(self._where(resource, arguments.get("where"))),
            sort=order(resource, arguments.get("order_by")),
            limit=within("limit", arguments.get("limit"), 1, MAX_LIMIT, DEFAULT_LIMIT),
            offset=self._bind(offset, None) if offset else None,
        )

    def _where(self, resource: Resource, where: Any) -> Iterator[Criterion]:
        if where is None or not hasattr(where, "__strawberry_definition__"):
            return
        for name, value, _ in given(where, "where"):
            if name == "and_":
                yield _Combined("and", tuple(self._all(resource, part) for part in value))
            elif name == "or_":
                yield _Combined("or", tuple(self._all(resource, part) for part in value))
            elif name == "not_":
                yield _Combined("not", (self._all(resource, value),))
            else:
                check_shown(resource, name)
                yield from self._of_column(filters_of(resource)[name], value)

    def _all(self, resource: Resource, where: Any) -> Criterion:
        return _Combined("and", tuple(self._where(resource, where)))

    def _of_column(self, filters: Mapping[str, Any], where: Any) -> Iterator[Criterion]:
        for name, value, at in given(where, "where"):
            self._conditions += 1
            found = filters[SPELT.get(name, name)]
            if self._conditions > MAX_CONDITIONS or (found.several and len(value) > MAX_IN):
                raise NotCompiledError("it has too many conditions")
            values = [checked(found, each, at) for each in (value if found.several else [value])]
            condition = Condition(
                found, f"v{len(self.values)}", values if found.several else values[0]
            )
            self.values[condition.name] = condition.bound
            yield condition

    def _bind(self, value: Any, attribute: Any) -> Any:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return bindparam(name, type_=None if attribute is None else attribute.type)

    def _collected(
        self, sets: Sequence[SelectionSetNode], type_: GraphQLObjectType
    ) -> dict[str, list[FieldNode]]:
        """The fields by the name that they are answered under, as the specification collects them."""
        fields: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in sets:
            self._collect(each, type_, fields, seen)
        return fields

    def _collect(
        self,
        selected: SelectionSetNode,
        type_: GraphQLObjectType,
        fields: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for each in selected.selections:
            if not self._is_included(each):
                continue
            if isinstance(each, FieldNode):
                name = each.alias.value if each.alias else each.name.value
                fields.setdefault(name, []).append(each)
            elif isinstance(each, InlineFragmentNode):
                if each.type_condition is None or self._is_met(each.type_condition, type_):
                    self._collect(each.selection_set, type_, fields, seen)
            elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                seen.add(each.name.value)
                fragment = self._document.fragments[each.name.value]
                if self._is_met(fragment.type_condition, type_):
                    self._collect(fragment.selection_set, type_, fields, seen)

    def _is_met(self, condition: NamedTypeNode, type_: GraphQLObjectType) -> bool:
        on: Any = self._core.get_type(condition.name.value)
        return on is type_ or (is_abstract_type(on) and self._core.is_sub_type(on, type_))

    def _is_included(self, node: Any) -> bool:
        if not node.directives:
            return True
        if {each.name.value for each in node.directives} - {"skip", "include"}:
            raise NotCompiledError("it has directives of its own")
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return include is None or bool(include["if"])


@dataclass(frozen=True, slots=True)
class _Combined:
    """`and`, `or` or `not`; what SQL does not know holds not, and so its contrary does."""

    operator: str
    parts: tuple[Criterion, ...]

    @property
    def kind(self) -> Any:
        return self.operator, tuple(each.kind for each in self.parts)

    def criterion(self, entity: Any) -> Any:
        parts = [each.criterion(entity) for each in self.parts]
        if self.operator == "or":
            return or_(false(), *parts)
        if self.operator == "and":
            return and_(true(), *parts)
        return parts[0].is_not(true())


def _admit(resource: Resource) -> None:
    if resource.guard is not None:
        resource.guard.admit("read")


@cache
def own_type(node: type[Row]) -> str | None:
    """Why an object type is more than what is read of its row."""
    classes = (each for each in node.__mro__ if issubclass(each, Row) and each is not Row)
    own = {
        name
        for each in classes
        for name in ("__post_init__", "__getattribute__")
        if name in vars(each)
    }
    return f"{node.__name__} has its own {', '.join(sorted(own))}" if own else None


@cache
def _names(type_: Any) -> Mapping[str, str] | None:
    """What the values of an enumeration are called in GraphQL."""
    named = get_nullable_type(type_)
    if not is_enum_type(named):
        return None
    return {str(value.value): name for name, value in named.values.items()}
