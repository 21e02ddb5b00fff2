"""Channels that tell of the changes of an entity: where they are, and by what their rooms are named."""

from __future__ import annotations

import re

from terapin.model import FieldType
from terapin.model.channels import BARE_PATH

from .facts import Facts
from .paths import path_parameters
from .statements import ChannelStatement, EntityStatement, is_true, value_of
from .ways import Way, Ways

# Of what can stand in a path.
_TYPES = frozenset(
    {
        FieldType.UUID,
        FieldType.STRING,
        FieldType.INTEGER,
        FieldType.BIG_INTEGER,
        FieldType.BOOLEAN,
        FieldType.ENUM,
        FieldType.EMAIL,
        FieldType.DATE,
    }
)
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def streamed(facts: Facts, channel: ChannelStatement) -> EntityStatement | None:
    return facts.statements.entities.get(channel.streams.value) if channel.streams else None


def path_of(facts: Facts, channel: ChannelStatement) -> str:
    if channel.path:
        return channel.path.value
    entity = streamed(facts, channel)
    return f"/{facts.naming.entities[entity.iri].table}/changes" if entity else BARE_PATH


def names_rooms(facts: Facts, entity: EntityStatement, parameter: str) -> str | None:
    """The attribute whose values stand for a parameter: the key by its name in paths, too."""
    names = facts.naming.entities[entity.iri]
    if parameter == f"{_CAPITAL.sub('_', names.class_name).lower()}_id":
        for key in entity.keys:
            return facts.naming.fields[key.identity].attribute
    way = Ways(facts).find(entity, parameter)
    if not isinstance(way, Way) or len(way.attributes) != 1 or way.type not in _TYPES:
        return None
    is_read = way.field is None or not (is_true(way.field.secret) or is_true(way.field.write_only))
    return way.attributes[0] if is_read else None


def attribute_of(facts: Facts, channel: ChannelStatement) -> str | None:
    """By which the rooms of a channel are named; None where there is one room."""
    entity = streamed(facts, channel)
    parameters = path_parameters(value_of(channel.path) or "") if entity else []
    return names_rooms(facts, entity, parameters[0]) if entity and parameters else None
