"""Channels and messages of the model."""

from __future__ import annotations

from terapin.model import Broadcast, Channel, Message, TaskParameter

from .build_tasks import parameter, who_may
from .facts import Facts
from .statements import (
    ChannelStatement,
    MessageStatement,
    TaskParameterStatement,
    is_true,
    value_of,
)
from .streams import attribute_of, path_of


def channels(facts: Facts) -> tuple[Channel, ...]:
    return tuple(_channel(facts, each) for each in facts.statements.channels)


def messages(facts: Facts) -> tuple[Message, ...]:
    return tuple(_message(facts, each) for each in facts.statements.messages.values())


def _channel(facts: Facts, statement: ChannelStatement) -> Channel:
    service = next(iter(facts.statements.services), None)
    return Channel(
        iri=statement.iri,
        place=statement.place,
        module=facts.naming.channels[statement.iri],
        path=path_of(facts, statement),
        messages=tuple(dict.fromkeys(each.value for each in statement.messages)),
        history=value_of(statement.history),
        presence=is_true(statement.presence),
        max_message_bytes=value_of(statement.max_message_bytes),
        rate_per_second=value_of(statement.rate_per_second),
        streams=value_of(statement.streams),
        by=attribute_of(facts, statement),
        subscribe=who_may(facts, statement.subscribe, service.subscribe if service else None),
        publish=who_may(facts, statement.publish, service.publish if service else None),
    )


def _message(facts: Facts, statement: MessageStatement) -> Message:
    module = facts.naming.messages[statement.iri]
    return Message(
        iri=statement.iri,
        place=statement.place,
        type=value_of(statement.type) or module.strip("_"),
        module=module,
        payload=_payload(facts, statement),
        broadcast=value_of(statement.broadcast) or Broadcast.ROOM,
    )


def _payload(facts: Facts, statement: MessageStatement) -> tuple[TaskParameter, ...]:
    """Of an entity, its key under its own name."""
    if statement.entity is None:
        return tuple(parameter(facts, each) for each in statement.fields)
    [key, *_] = facts.statements.entities[statement.entity.value].keys
    named = TaskParameterStatement(name=key.name, place=key.place, entity=statement.entity)
    return (parameter(facts, named),)
