"""Facts of the database that models and migrations both state: names, indexes, deletion."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ..model import Cascade, Entity, ForeignKey, JoinTable

MAX_NAME = 63
_ON_DELETE = {Cascade.DELETE: "CASCADE", Cascade.NULLIFY: "SET NULL", Cascade.RESTRICT: "RESTRICT"}


def column_names(entity: Entity, attributes: Iterable[str]) -> tuple[str, ...]:
    return tuple(entity.field(attribute).column for attribute in attributes)


def indexes(entity: Entity) -> tuple[tuple[str, ...], ...]:
    """Columns of each plain index: the declared ones and one a foreign key, but where a unique constraint has one.

    Every index ends in the primary key, so that each page of a list sorted by it costs the same.
    """
    single = [
        (field.attribute,)
        for field in entity.fields
        if not field.primary_key and not field.unique and (field.index or field.foreign_key)
    ]
    wanted = [column_names(entity, attributes) for attributes in (*single, *entity.indexes)]
    key = entity.key.column
    return tuple(dict.fromkeys((*(c for c in columns if c != key), key) for columns in wanted))


def index_name(table: Entity | JoinTable, columns: tuple[str, ...]) -> str:
    """The key that every index ends in is left out of its name."""
    key = table.key.column if isinstance(table, Entity) else None
    return _short("_".join(["ix", table.table, *(c for c in columns if c != key)]))


def constraint_name(*parts: str) -> str:
    """As SQLAlchemy's naming convention makes it, and cuts it where it is too long."""
    name = "_".join(parts)
    if len(name) <= MAX_NAME:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{name[: MAX_NAME - 8]}_{digest[-4:]}"


def on_delete(key: ForeignKey) -> str:
    return _ON_DELETE[key.cascade]


def foreign_key_arguments(key: ForeignKey) -> list[str]:
    arguments = [f'ondelete="{on_delete(key)}"']
    return [*arguments, "use_alter=True"] if key.deferred else arguments


def _short(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    return f"{name[: MAX_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
