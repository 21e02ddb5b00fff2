"""How a function's results become bytes: as JSON, or as msgpack, which is smaller and knows bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

SerializerName = Literal["json", "msgpack"]


@dataclass(frozen=True, slots=True)
class Serializer:
    dump: Callable[[TypeAdapter[Any], Any], bytes]
    load: Callable[[TypeAdapter[Any], bytes], Any]


def _dump_json(adapter: TypeAdapter[Any], value: Any) -> bytes:
    return adapter.dump_json(value)


def _load_json(adapter: TypeAdapter[Any], body: bytes) -> Any:
    return adapter.validate_json(body)


def _dump_msgpack(adapter: TypeAdapter[Any], value: Any) -> bytes:
    packed: bytes = _msgpack().packb(adapter.dump_python(value), default=to_jsonable_python)
    return packed


def _load_msgpack(adapter: TypeAdapter[Any], body: bytes) -> Any:
    return adapter.validate_python(_msgpack().unpackb(body, strict_map_key=False))


def _msgpack() -> Any:
    """Only what asks for it needs the library, which has no types."""
    return import_module("msgpack")


SERIALIZERS: Mapping[SerializerName, Serializer] = {
    "json": Serializer(_dump_json, _load_json),
    "msgpack": Serializer(_dump_msgpack, _load_msgpack),
}
