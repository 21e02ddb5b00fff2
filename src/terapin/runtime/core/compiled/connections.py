"""Connections of Relay: PostgreSQL makes the rows, and what stands around them is put together here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from graphql import FieldNode, GraphQLObjectType, get_named_type

from ..graphql.connections import Connection, Edge, PageInfo
from ..pagination import seal_position
from .eligible import NotCompiledError

_NODES = "nodes"


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a connection is asked for, each under its name: `what` is a field, or the type's name in quotes."""

    name: str
    what: str
    nested: tuple[Shown, ...] = ()


# The fields of a selection, by the names that they are answered under.
Collect = Callable[[Sequence[FieldNode], GraphQLObjectType], dict[str, list[FieldNode]]]


def shown(
    nodes: Sequence[FieldNode], type_: GraphQLObjectType, collect: Collect
) -> tuple[tuple[Shown, ...], list[Sequence[FieldNode]]]:
    """And the selections of nodes, wherever they are asked for."""
    rows: list[Sequence[FieldNode]] = []

    def parts(nodes: Sequence[FieldNode], type_: GraphQLObjectType) -> Iterator[Shown]:
        for name, found in collect(nodes, type_).items():
            what = found[0].name.value
            if what == "__typename":
                yield Shown(name, f'"{type_.name}"')
                continue
            field = type_.fields[what]
            if field.extensions["strawberry-definition"].origin not in (Connection, Edge, PageInfo):
                raise NotCompiledError(f"{type_.name}.{what} is resolved in Python")
            if what in ("node", _NODES):
                rows.append(found)
                yield Shown(name, what)
            else:
                nested: Any = get_named_type(field.type)
                yield Shown(name, what, tuple(parts(found, nested)) if what in _NESTED else ())

    return tuple(parts(nodes, type_)), rows


_NESTED = ("edges", "pageInfo")


def asks_for(parts: Sequence[Shown], what: str) -> bool:
    return any(each.what == what or asks_for(each.nested, what) for each in parts)


@dataclass(frozen=True, slots=True)
class Assembly:
    """Of rows, each an object and its position, of which one too many says that there are more."""

    name: str
    parts: tuple[Shown, ...]
    limit: int
    belongs_to: str
    is_continued: bool

    def document(self, rows: Sequence[asyncpg.Record], total: int | None) -> bytes:
        wanted = rows[: self.limit]
        more = len(rows) > self.limit
        return b'{"data":%b}' % _object(
            [(self.name, self._connection(self.parts, wanted, total, more=more))]
        )

    def _connection(
        self, parts: Sequence[Shown], rows: Sequence[Any], total: int | None, *, more: bool
    ) -> bytes:
        return _object((part.name, self._part(part, rows, total, more=more)) for part in parts)

    def _part(self, part: Shown, rows: Sequence[Any], total: int | None, *, more: bool) -> bytes:
        match part.what:
            case "nodes":
                return b"[%b]" % b",".join([row[0] for row in rows])
            case "edges":
                edges = [
                    _object((each.name, self._edge(each, row)) for each in part.nested)
                    for row in rows
                ]
                return b"[%b]" % b",".join(edges)
            case "pageInfo":
                return self._connection(part.nested, rows, total, more=more)
            case "totalCount":
                return b"%d" % (total or 0)
            case "hasNextPage":
                return _boolean(more)
            case "hasPreviousPage":
                return _boolean(self.is_continued)
            case "startCursor":
                return self._cursor(rows[0]) if rows else b"null"
            case "endCursor":
                return self._cursor(rows[-1]) if rows else b"null"
        return part.what.encode()

    def _edge(self, part: Shown, row: Any) -> bytes:
        match part.what:
            case "node":
                body: bytes = row[0]
                return body
            case "cursor":
                return self._cursor(row)
        return part.what.encode()

    def _cursor(self, row: Any) -> bytes:
        return orjson.dumps(seal_position(self.belongs_to, row[1]))


def _object(members: Any) -> bytes:
    return b"{%b}" % b",".join([b"%b:%b" % (orjson.dumps(name), value) for name, value in members])


def _boolean(value: bool) -> bytes:
    return b"true" if value else b"false"
