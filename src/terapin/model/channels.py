"""WebSocket channels. What the ontology leaves open is None or empty: core has a default for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .place import Place
from .tasks import TaskParameter

BARE_PATH = "/ws/{room_id}"
PUBLIC = "public"
AUTHENTICATED = "authenticated"
ROLE = "role:"


class Broadcast(StrEnum):
    """Who gets a message."""

    ROOM = "room"
    SENDER = "sender"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`type` is what it is called in the envelope, `module` its Python name."""

    iri: str
    place: Place
    type: str
    module: str
    payload: tuple[TaskParameter, ...] = ()
    broadcast: Broadcast = Broadcast.ROOM

    @property
    def payload_class(self) -> str:
        return _class_name(self.module, "Payload")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """`module` is its Python name, `messages` are IRIs. Of the rules of who may, any is enough.

    `streams` is the IRI of an entity whose changes it tells, and `by` the attribute that names its rooms.
    """

    iri: str
    place: Place
    module: str
    path: str = BARE_PATH
    messages: tuple[str, ...] = ()
    history: int | None = None
    presence: bool = False
    max_message_bytes: int | None = None
    rate_per_second: Decimal | None = None
    streams: str | None = None
    by: str | None = None
    subscribe: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()

    @property
    def policy_class(self) -> str:
        return _class_name(self.module, "Policy")


def _class_name(module: str, suffix: str) -> str:
    words = module.strip("_").split("_")
    return "".join(word[:1].upper() + word[1:] for word in words) + suffix
