"""Entities on MongoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...model import Entities, Entity, Field, FieldType, Now
from ..python import Imports, call, literal, unhidden
from ..types import SPELLINGS, default_literal, enum_name, import_annotation
from .relations import reference, related
from .views import Attribute, EnumView, enum_views, target_annotation


@dataclass(frozen=True, slots=True)
class DocumentView:
    """`source` is the name that it has in the module."""

    imports: str
    type_checking: str
    enums: tuple[EnumView, ...]
    class_name: str
    description: str | None
    source: str
    collection: str
    indexes: tuple[str, ...]
    fields: tuple[Attribute, ...]
    relationships: tuple[Attribute, ...]


# Of core's `documents`, what gives the default "now".
_NOW = {FieldType.DATE: "today", FieldType.TIME: "time_of_day", FieldType.DATE_TIME: "now"}


def document_view(entities: Entities, entity: Entity) -> DocumentView:
    imports, type_checking = Imports(), Imports()
    imports.name("__future__", "annotations")
    imports.name("..core.documents", "Document", "Stored", "stored")
    source = _source(entity, imports)
    fields = tuple(_field(entities, entity, field, imports) for field in entity.fields)
    relationships = tuple(_relationships(entities, entity, imports, type_checking))
    indexes = tuple(_indexes(entity, imports))
    enums = enum_views(entity, imports)
    if not type_checking.empty:
        imports.name("typing", "TYPE_CHECKING")
    return DocumentView(
        imports=imports.render(),
        type_checking=type_checking.render(),
        enums=enums,
        class_name=entity.class_name,
        description=entity.description,
        source=source,
        collection=entity.table,
        indexes=indexes,
        fields=fields,
        relationships=relationships,
    )


def _source(entity: Entity, imports: Imports) -> str:
    assert entity.data_source is not None
    fields = {field.attribute for field in entity.fields}
    ends = {end.attribute for end in entity.relationships}
    imported, name = unhidden(entity.data_source, fields | ends)
    imports.name("..sources", imported)
    return name


def _field(entities: Entities, entity: Entity, field: Field, imports: Imports) -> Attribute:
    annotation = _annotation(entity, field, imports)
    return Attribute(
        field.attribute,
        f"Stored[{annotation}{' | None' if field.nullable else ''}]",
        call("stored", _arguments(entities, entity, field, imports)),
    )


def _annotation(entity: Entity, field: Field, imports: Imports) -> str:
    """What SQLAlchemy has a type for is on MongoDB what it is on the wire."""
    spelling = SPELLINGS[field.type]
    if field.type is FieldType.ENUM:
        return enum_name(entity, field)
    if not spelling.domain and field.type is not FieldType.EMAIL:
        return import_annotation(spelling, imports)
    module = "domain_types" if spelling.domain else "wire"
    imports.name("..core", module)
    return f"{module}.{spelling.wire}"


def _arguments(entities: Entities, entity: Entity, field: Field, imports: Imports) -> Iterator[str]:
    if field.column != field.attribute:
        yield literal(field.column)
    if field.primary_key:
        yield "primary_key=True"
    elif field.unique:
        yield "unique=True"
    elif _is_indexed(entity, field):
        yield "index=True"
    if field.type is FieldType.STRING:
        yield f"max_length={field.length}"
    if field.type is FieldType.DECIMAL:
        yield from (f"precision={field.precision}", f"scale={field.scale}")
    if field.foreign_key is not None:
        yield f"references={reference(entities, field.foreign_key, imports)}"
    yield from _default(entity, field, imports)


def _is_indexed(entity: Entity, field: Field) -> bool:
    """A declared index that begins with it does as well."""
    begun = {attributes[0] for attributes in entity.indexes}
    return (field.index or field.foreign_key is not None) and field.attribute not in begun


def _default(entity: Entity, field: Field, imports: Imports) -> Iterator[str]:
    if field.generated:
        imports.name("uuid", "uuid4")
        yield "default=uuid4"
    elif isinstance(field.default, Now):
        imports.name("..core.documents", _NOW[field.type])
        yield f"default={_NOW[field.type]}"
    elif field.default is not None:
        value = default_literal(entity, field, imports)
        shared = field.type is FieldType.JSON and value[0] in "[{"
        yield f"default={'lambda: ' if shared else ''}{value}"


def _indexes(entity: Entity, imports: Imports) -> Iterator[str]:
    """Core adds the key to each index, so that a page sorted by it costs the same wherever it begins."""
    key = entity.key.attribute
    wanted = (tuple(name for name in names if name != key) for names in entity.indexes)
    kinds = {"Index": dict.fromkeys(filter(None, wanted)), "Unique": entity.unique_together}
    for kind, groups in kinds.items():
        for names in groups:
            imports.name("..core.documents", kind)
            yield call(kind, map(literal, names))


def _relationships(
    entities: Entities, entity: Entity, imports: Imports, type_checking: Imports
) -> Iterator[Attribute]:
    for end in entity.relationships:
        target = entities[end.target]
        if target is not entity:
            type_checking.name(f".{target.module}", target.class_name)
        annotation, value = related(target, end, target_annotation(target, end), imports)
        yield Attribute(end.attribute, annotation, value)
