"""Channels and their messages, and who may be in their rooms."""

from __future__ import annotations

from functools import partial

from terapin.model import Broadcast, Place
from terapin.vocabulary.namespaces import AUTH, ORM, WS
from terapin.vocabulary.terms import PAYLOAD_FIELD

from .read_access import rules
from .read_types import TypeReader
from .reader import terms_of
from .statements import ChannelStatement, MessageStatement, Stated, TaskParameterStatement
from .subject import Subject, Terms
from .terms import FIRST, iri, is_iri

_orm, _ws, _auth = terms_of(ORM), terms_of(WS), terms_of(AUTH)
_MESSAGES, _PAYLOAD = _ws("messages"), _ws("payload")
_NAME, _TYPE = _orm("fieldName"), _orm("fieldType")

_CHANNEL_TERMS: Terms = {
    _ws("path"): ("path", Subject.text),
    _ws("history"): ("history", Subject.count),
    _ws("presence"): ("presence", Subject.flag),
    _ws("maxMessageBytes"): ("max_message_bytes", Subject.count),
    _ws("ratePerSecond"): ("rate_per_second", Subject.number),
    _ws("streams"): ("streams", Subject.reference),
}
_MESSAGE_TERMS: Terms = {
    _ws("type"): ("type", Subject.text),
    _ws("broadcast"): ("broadcast", partial(Subject.choice, choices=Broadcast)),
}
_FIELD_TERMS: Terms = {
    _orm("nullable"): ("nullable", Subject.flag),
    _orm("default"): ("default", Subject.term),
    _orm("description"): ("description", Subject.text),
    _orm("maxLength"): ("max_length", Subject.count),
}


SUBSCRIBE, PUBLISH = _auth("subscribe"), _auth("publish")


class ChannelReader(TypeReader):
    def channels(self) -> tuple[ChannelStatement, ...]:
        return tuple(self.channel(node) for node in self.instances(_ws("Channel"), "a channel"))

    def channel(self, node: str) -> ChannelStatement:
        subject = self.subject(node, WS + "Channel")
        cells = subject.nodes(_MESSAGES, "messages")
        return ChannelStatement(
            iri=iri(node),
            place=Place(node),
            messages=tuple(
                Stated(iri(value), cell, FIRST, value) for cell, value in cells if is_iri(value)
            ),
            **subject.stated(_CHANNEL_TERMS),
            subscribe=rules(subject, SUBSCRIBE),
            publish=rules(subject, PUBLISH),
        )

    def messages(self) -> dict[str, MessageStatement]:
        nodes = self.instances(_ws("Message"), "a message")
        return {iri(node): self.message(node) for node in nodes}

    def message(self, node: str) -> MessageStatement:
        subject = self.subject(node, WS + "Message")
        refers = is_iri(subject.properties.get(_PAYLOAD, [""])[0])
        fields = (
            []
            if refers
            else [
                self.payload_field(value)
                for _, value in subject.nodes(_PAYLOAD, "fields [ … ], or an entity")
            ]
        )
        return MessageStatement(
            iri=iri(node),
            place=Place(node),
            entity=subject.reference(_PAYLOAD) if refers else None,
            fields=tuple(each for each in fields if each),
            **subject.stated(_MESSAGE_TERMS),
        )

    def payload_field(self, node: str) -> TaskParameterStatement | None:
        subject = self.subject(node, PAYLOAD_FIELD)
        name = subject.text(_NAME)
        entity, type_ = self.entity_or_type(subject, _TYPE)
        for predicate, stated in ((_NAME, name), (_TYPE, entity or type_)):
            if stated is None:
                self.missing(subject, predicate, "a field")
        if name is None:
            return None
        stated_ = subject.stated(_FIELD_TERMS)
        nullable: Stated[bool] | None = stated_.pop("nullable", None)
        return TaskParameterStatement(
            name=name.value,
            place=name.place,
            type=type_,
            entity=entity,
            required=nullable and Stated(not nullable.value, *nullable[1:]),
            **stated_,
        )
