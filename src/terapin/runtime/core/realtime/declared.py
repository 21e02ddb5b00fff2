"""Channels as a service declares them."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ..resource import Resource
from .subjects import Admission


class Payload(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(
        extra="forbid", validate_by_name=True, validate_by_alias=True, protected_namespaces=()
    )


@dataclass(frozen=True, eq=False)
class Message:
    """`name` is its `type` in the envelope; `handler`, as `module:function`, may change what goes on or refuse it."""

    name: str
    payload: type[BaseModel]
    handler: str
    broadcast: Literal["room", "sender", "none"] = "room"

    def function(self) -> Any:
        return resolve_name(self.handler)


@dataclass(frozen=True, eq=False)
class Channel:
    """The parameters of its path name the room. One without messages takes any JSON, and tells it to all.

    One that `streams` a resource takes nothing: it tells of changes, of all rows or, if its path has a parameter, of
    those whose attribute `by` has that value.
    """

    name: str
    policy: Admission
    path: str = "/ws/{room_id}"
    messages: tuple[Message, ...] = ()
    history: int = 0
    presence: bool = False
    max_message_bytes: int | None = None
    rate_per_second: float | None = None
    streams: Resource | None = None
    by: str | None = None
    description: str = ""
