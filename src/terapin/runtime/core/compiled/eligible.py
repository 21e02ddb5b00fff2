"""What PostgreSQL may answer by itself: what core alone decides. Whatever a user has changed goes the ordinary path.

Each function gives the reason why something does not, or None.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import Enum, inspect
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from .. import integrity, triggers, wire
from ..crud import CrudService
from ..database import Database
from ..mapped import MappedEntity
from ..resource import Column, Resource
from ..schemas import ReadSchema
from ..service import own_methods


class NotCompiledError(Exception):
    """Takes the ordinary path; the message says why."""


READS = ("__init__", "query", "readable", "get", "list", "related")
WRITES = ("__init__", "query", "readable", "visible", "create", "update", "ledger")

_CORE = f"{(__package__ or '').rpartition('.')[0]}."
_TYPES: tuple[type[TypeEngine[Any]], ...] = (
    sql.String, sql.Text, sql.Integer, sql.BigInteger, sql.Boolean, sql.Float, sql.Double, sql.Numeric,
    sql.Date, sql.DateTime, sql.Time, sql.Uuid, sql.LargeBinary, Enum, JSONB,
)  # fmt: skip
_LOADING = ("load", "refresh")
_SESSION = ("do_orm_execute", "after_begin")
_FLUSHING = ("before_flush", "after_flush", "before_commit", "after_commit", "before_attach")
_WRITING = ("before_insert", "after_insert", "before_update", "after_update")


@cache
def not_read(resource: Resource) -> str | None:
    """Why the rows of a resource are not read here."""
    service = resource.service
    if not isinstance(resource.entity, MappedEntity):
        return "its rows are documents"
    if not issubclass(service, CrudService):
        return f"{service.__name__} is no CrudService"
    if methods := own_methods(service, READS):
        return f"{service.__name__} has its own {', '.join(methods)}"
    if reason := _own_schema(resource.read):
        return reason
    if len(resource.columns) != len(resource.read.model_fields):
        return f"{resource.read.__name__} has fields that are no columns"
    return _own_model(resource.model)


@cache
def not_written(resource: Resource) -> str | None:
    """Why a row is not written here."""
    service, model = resource.service, resource.model
    if reason := not_read(resource):
        return reason
    if methods := own_methods(service, WRITES):
        return f"{service.__name__} has its own {', '.join(methods)}"
    mapper = inspect(model)
    names = [each for each in _WRITING if getattr(mapper.dispatch, each)]
    if names or mapper.validators or _has_constructor(model) or _is_watched(resource):
        return f"{model.__name__} has a say in how it is written"
    if triggers.has_triggers(model):
        return "a task is sent when it is written"
    if integrity.loose(resource.entity):
        return "it refers to what no database holds it to"
    columns = resource.entity.table.columns if isinstance(resource.entity, MappedEntity) else ()
    if any(each.onupdate is not None or _is_computed(each.default) for each in columns):
        return "a default of its columns is no plain value"
    return None


def _has_constructor(model: type[Any]) -> bool:
    constructor: Any = inspect(model).class_manager.original_init
    return not constructor.__module__.startswith("sqlalchemy.")


def _is_watched(resource: Resource) -> bool:
    """Whether something listens to the setting of values."""
    attributes = (getattr(resource.model, each) for each in resource.entity.properties)
    return any(each.dispatch.set or each.dispatch.modified for each in attributes)


def _is_computed(default: Any) -> bool:
    return default is not None and not (default.is_scalar or default.is_callable)


@cache
def not_in_sql(column: Column) -> str | None:
    """Why a field is not spelt by PostgreSQL."""
    if column.wire.sql is None:
        return f"{column.name} is spelt in Python"
    if not _is_known(column.field):
        return f"{column.name} is validated or spelt in a way of its own"
    type_ = column.attribute.property.columns[0].type
    if type(type_) not in _TYPES and not _is_of_utils(type_):
        return f"{column.name} is of a type of its own"
    return None


def forget() -> None:
    not_read.cache_clear()
    not_written.cache_clear()


def intercepted(database: Database, *, writing: bool = False) -> str | None:
    """Why no statement of this database may go past SQLAlchemy."""
    session, engine = Session().dispatch, database.engine.sync_engine.dispatch
    names = {
        *_listened(session, (*_SESSION, *(_FLUSHING if writing else ()))),
        *_listened(engine, ("before_execute", "before_cursor_execute", "after_cursor_execute")),
    }
    return f"something listens to {', '.join(sorted(names))}" if names else None


def _listened(dispatch: Any, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        for listener in getattr(dispatch, name):
            if not listener.__module__.startswith(_CORE) and not _is_idle(listener):
                yield name


def _is_idle(listener: Any) -> bool:
    """SQLAlchemy-Utils listens as soon as it is imported, for aggregates that nobody need have declared."""
    return getattr(getattr(listener, "__self__", None), "generator_registry", None) == {}


def _own_schema(schema: type[BaseModel]) -> str | None:
    decorators = schema.__pydantic_decorators__
    own = [
        name
        for kind in ("validators", "field_validators", "root_validators", "field_serializers",
                     "model_serializers", "model_validators", "computed_fields")
        for name in getattr(decorators, kind)
    ]  # fmt: skip
    if own:
        return f"{schema.__name__} has its own {', '.join(own)}"
    if dict(schema.model_config) != dict(ReadSchema.model_config):
        return f"{schema.__name__} has a configuration of its own"
    methods = [name for name in ("model_validate", "model_dump") if name in _names(schema)]
    return f"{schema.__name__} has its own {', '.join(methods)}" if methods else None


def _names(schema: type[BaseModel]) -> Iterator[str]:
    for each in schema.__mro__:
        if each is ReadSchema:
            return
        yield from vars(each)


def _own_model(model: type[Any]) -> str | None:
    mapper = inspect(model)
    manager = mapper.class_manager
    if any(getattr(manager.dispatch, name) for name in _LOADING):
        return f"something listens to the loading of {model.__name__}"
    if mapper.polymorphic_on is not None or mapper.inherits is not None:
        return f"{model.__name__} has subclasses"
    return None


def _is_of_utils(type_: TypeEngine[Any]) -> bool:
    """Those of SQLAlchemy-Utils keep the text that their objects are spelt as."""
    return isinstance(type_, TypeDecorator) and type(type_).__module__.startswith(
        "sqlalchemy_utils."
    )


def _is_known(field: FieldInfo) -> bool:
    """Whether a field of a read schema is of a wire type, with nothing but a name and a description added."""
    annotation = field.annotation
    metadata = [each for each in field.metadata if not isinstance(each, FieldInfo)]
    if type(None) in get_args(annotation):
        (annotation, *others) = [each for each in get_args(annotation) if each is not type(None)]
        if others:
            return False
        field = _field(annotation)
        annotation, metadata = field.annotation, [*field.metadata, *metadata]
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return not metadata
    return any(annotation is each.annotation and metadata == each.metadata for each in _known())


@cache
def _known() -> list[FieldInfo]:
    """What becomes of the annotations of core in a schema."""
    from importlib import import_module
    from importlib.util import find_spec

    modules = [wire]
    if find_spec(f"{_CORE}domain_types"):
        modules.append(import_module(f"{_CORE}domain_types"))
    aliases = [
        each
        for module in modules
        for each in vars(module).values()
        if hasattr(each, "__metadata__")
    ]
    return [_field(each) for each in aliases]


def _field(annotation: Any) -> FieldInfo:
    return FieldInfo.from_annotation(annotation)
