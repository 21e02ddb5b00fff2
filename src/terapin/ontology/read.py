"""From the graph to statements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from terapin.diagnostics import Diagnostic
from terapin.diagnostics.rules import wrong_value
from terapin.model import Cascade, FieldType, Kind, Operation, ParameterIn, Place
from terapin.vocabulary.namespaces import API, AUTH, GQL, ORM, REL
from terapin.vocabulary.terms import FIELD, PARAMETER, RELATIONSHIP

from .ontology import Ontology
from .read_access import AccessReader, rules
from .read_channels import PUBLISH, SUBSCRIBE, ChannelReader
from .read_sources import SourceReader
from .read_tasks import SEND, TaskReader
from .read_types import KINDS, NO_TYPE
from .reader import terms_of
from .statements import (
    EndpointStatement,
    EntityStatement,
    FieldStatement,
    ParameterStatement,
    RelationshipStatement,
    ServiceStatement,
    Statements,
)
from .subject import Subject, Terms
from .terms import TYPE, iri, is_iri
from .xsd import datatypes


class Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


_orm, _rel, _api, _gql = terms_of(ORM), terms_of(REL), terms_of(API), terms_of(GQL)
_auth = terms_of(AUTH)
_ENTITY, _FIELDS, _VALUES = _orm("Entity"), _orm("fields"), _orm("values")
_FIELD_NAME, _FIELD_TYPE = _orm("fieldName"), _orm("fieldType")
_FROM, _TO = _rel("from"), _rel("to")
_METHOD, _PATH, _PARAMETERS, _RESPONSE = map(_api, ("method", "path", "parameters", "responseType"))
_NAME, _TYPE = _api("name"), _api("type")
_ISSUER, _AUDIENCE = _auth("issuer"), _auth("audience")

# By term: the attribute of the statement, and how its value is read.
_ENTITY_TERMS: Terms = {
    _orm("className"): ("class_name", Subject.text),
    _orm("tableName"): ("table_name", Subject.text),
    _orm("description"): ("description", Subject.text),
    _orm("dataSource"): ("data_source", Subject.reference),
    _orm("cache"): ("cache", Subject.reference),
    _orm("formerly"): ("formerly", Subject.reference),
    _gql("expose"): ("expose", Subject.flag),
    _gql("mutations"): ("mutations", Subject.flag),
    _gql("subscriptions"): ("subscriptions", Subject.flag),
    _auth("owner"): ("owner", Subject.text),
    _auth("tenant"): ("tenant", Subject.text),
    _auth("subject"): ("is_subject", Subject.flag),
}
_FIELD_TERMS: Terms = {
    _orm("formerly"): ("formerly", Subject.text),
    _orm("description"): ("description", Subject.text),
    _orm("primaryKey"): ("primary_key", Subject.flag),
    _orm("unique"): ("unique", Subject.flag),
    _orm("nullable"): ("nullable", Subject.flag),
    _orm("index"): ("index", Subject.flag),
    _orm("secret"): ("secret", Subject.flag),
    _orm("readOnly"): ("read_only", Subject.flag),
    _orm("writeOnly"): ("write_only", Subject.flag),
    _orm("lazyLoad"): ("lazy_load", Subject.flag),
    _orm("default"): ("default", Subject.term),
    _orm("minLength"): ("min_length", Subject.count),
    _orm("maxLength"): ("max_length", Subject.count),
    _orm("minimum"): ("minimum", Subject.number),
    _orm("maximum"): ("maximum", Subject.number),
    _orm("exclusiveMinimum"): ("exclusive_minimum", Subject.number),
    _orm("exclusiveMaximum"): ("exclusive_maximum", Subject.number),
    _orm("pattern"): ("pattern", Subject.text),
    _orm("precision"): ("precision", Subject.count),
    _orm("scale"): ("scale", Subject.count),
    _gql("expose"): ("expose", Subject.flag),
}
_RELATIONSHIP_TERMS: Terms = {
    _orm("formerly"): ("formerly", Subject.reference),
    _rel("foreignKey"): ("foreign_key", Subject.text),
    _rel("through"): ("through", Subject.text),
    _rel("cascade"): ("cascade", partial(Subject.choice, choices=Cascade)),
    _rel("eagerLoad"): ("eager_load", Subject.flag),
    _rel("field"): ("field", Subject.text),
    _rel("inverseField"): ("inverse_field", Subject.text),
    _rel("inverseEagerLoad"): ("inverse_eager_load", Subject.flag),
    _rel("nullable"): ("nullable", Subject.flag),
    _rel("orderBy"): ("order_by", Subject.text),
}
_ENDPOINT_TERMS: Terms = {
    _api("operationId"): ("operation_id", Subject.text),
    _api("description"): ("description", Subject.text),
}
_PARAMETER_TERMS: Terms = {
    _api("in"): ("location", partial(Subject.choice, choices=ParameterIn)),
    _api("required"): ("required", Subject.flag),
    _api("default"): ("default", Subject.term),
}
_SERVICE_TERMS: Terms = {
    _api("name"): ("name", Subject.text),
    _api("description"): ("description", Subject.text),
    _api("version"): ("version", Subject.version),
    _api("baseIri"): ("base_iri", Subject.reference),
    _gql("expose"): ("expose", Subject.flag),
    _gql("mutations"): ("mutations", Subject.flag),
    _gql("subscriptions"): ("subscriptions", Subject.flag),
    _gql("maxDepth"): ("max_depth", Subject.count),
    _gql("maxAliases"): ("max_aliases", Subject.count),
    _gql("maxTokens"): ("max_tokens", Subject.count),
    _gql("maxCost"): ("max_cost", Subject.count),
    _gql("trustedDocuments"): ("trusted_documents", Subject.flag),
    _ISSUER: ("issuer", Subject.text),
    _AUDIENCE: ("audience", Subject.text),
    _auth("jwks"): ("jwks", Subject.text),
    _auth("accounts"): ("accounts", Subject.flag),
}


@dataclass(frozen=True)
class Reading:
    statements: Statements
    diagnostics: tuple[Diagnostic, ...]


def read_statements(ontology: Ontology) -> Reading:
    reader = _Reader(ontology)
    return Reading(reader.statements(), tuple(reader.problems))


class _Reader(SourceReader, TaskReader, ChannelReader, AccessReader):
    def statements(self) -> Statements:
        """Of a relationship that is of two kinds, the first is read: `wrong-value` reports it."""
        entities = [self.entity(node) for node in self.instances(_ENTITY, "an entity")]
        kinds: dict[str, Kind] = {}
        for class_, kind in KINDS.items():
            for node in self.instances(class_, "a relationship"):
                if kinds.setdefault(node, kind) is not kind:
                    place = Place(node, TYPE, class_)
                    self.problems.append(wrong_value.second_kind(place, kinds[node], kind))
        relationships = [self.relationship(node, kind) for node, kind in kinds.items()]
        relationships.sort(key=lambda each: each.iri)
        endpoints = [
            self.endpoint(node) for node in self.instances(_api("Endpoint"), "an endpoint")
        ]
        services = [self.service(node) for node in self.instances(_api("Service"), "a service")]
        return Statements(
            entities={entity.iri: entity for entity in entities},
            relationships=tuple(relationships),
            endpoints=tuple(endpoints),
            services=tuple(services),
            sources=self.sources(),
            caches=self.caches(),
            pools=self.pools(),
            breakers=self.breakers(),
            retries=self.retries(),
            tasks=self.tasks(),
            channels=self.channels(),
            messages=self.messages(),
            read=frozenset(self.read),
        )

    def entity(self, node: str) -> EntityStatement:
        subject = self.subject(node, ORM + "Entity")
        fields = [
            self.field(iri(node), value) for _, value in subject.nodes(_FIELDS, "fields [ … ]")
        ]
        return EntityStatement(
            iri=iri(node),
            place=Place(node),
            fields=tuple(field for field in fields if field),
            **subject.stated(_ENTITY_TERMS),
            unique_together=subject.groups(_orm("uniqueTogether"), "field names"),
            indexes=subject.groups(_orm("indexes"), "field names"),
            permissions=self.permissions(subject),
            doubtful=subject.doubtful or None in fields,
        )

    def field(self, entity: str, node: str) -> FieldStatement | None:
        subject = self.subject(node, FIELD)
        name = subject.text(_FIELD_NAME)
        if name is None:
            self.missing(subject, _FIELD_NAME, "a field")
            return None
        type_ = self.type(subject, _FIELD_TYPE, kinds=True)
        values = subject.texts(_VALUES, "strings")
        if type_ == NO_TYPE:
            self.missing(subject, _FIELD_TYPE, "a field")
        stated = subject.stated(_FIELD_TERMS)
        if type_.scalar and type_.scalar.value is FieldType.ENUM and not values:
            self.missing(subject, _VALUES, "an enumeration")
        return FieldStatement(
            entity=entity,
            name=name.value,
            place=name.place,
            type=type_.scalar,
            kind=type_.kind,
            implied_minimum=type_.minimum,
            implied_maximum=type_.maximum,
            values=values,
            **stated,
            permissions=self.permissions(subject, Operation.READ, Operation.UPDATE),
            doubtful=subject.doubtful,
        )

    def relationship(self, node: str, kind: Kind) -> RelationshipStatement:
        subject = self.subject(node, RELATIONSHIP)
        source = subject.reference(_FROM)
        target = subject.reference(_TO)
        for predicate, stated in ((_FROM, source), (_TO, target)):
            if stated is None:
                self.missing(subject, predicate, "a relationship")
        others = subject.stated(_RELATIONSHIP_TERMS)
        return RelationshipStatement(
            iri=iri(node),
            place=Place(node),
            kind=kind,
            source=source,
            target=target,
            **others,
            doubtful=subject.doubtful,
        )

    def endpoint(self, node: str) -> EndpointStatement:
        subject = self.subject(node, API + "Endpoint")
        method = subject.choice(_METHOD, Method, str.upper)
        path = subject.text(_PATH)
        for predicate, stated in ((_METHOD, method), (_PATH, path)):
            if stated is None:
                self.missing(subject, predicate, "an endpoint")
        response = subject.properties.get(_RESPONSE, [""])[0]
        refers = is_iri(response) and iri(response) not in datatypes()
        type_ = NO_TYPE if refers else self.type(subject, _RESPONSE)
        parameters = [
            self.parameter(value) for _, value in subject.nodes(_PARAMETERS, "parameters [ … ]")
        ]
        return EndpointStatement(
            iri=iri(node),
            place=Place(node),
            method=method,
            path=path,
            **subject.stated(_ENDPOINT_TERMS),
            response_entity=subject.reference(_RESPONSE) if refers else None,
            response_type=type_.scalar,
            parameters=tuple(each for each in parameters if each),
            doubtful=subject.doubtful or None in parameters,
        )

    def parameter(self, node: str) -> ParameterStatement | None:
        subject = self.subject(node, PARAMETER)
        name = subject.text(_NAME)
        type_ = self.type(subject, _TYPE)
        for predicate, stated in ((_NAME, name), (_TYPE, type_.scalar)):
            if stated is None:
                self.missing(subject, predicate, "a parameter")
        if name is None:
            return None
        return ParameterStatement(
            name=name.value,
            place=name.place,
            type=type_.scalar,
            **subject.stated(_PARAMETER_TERMS),
        )

    def service(self, node: str) -> ServiceStatement:
        subject = self.subject(node, API + "Service")
        service = ServiceStatement(
            iri=iri(node),
            place=Place(node),
            **subject.stated(_SERVICE_TERMS),
            algorithms=subject.texts(_auth("algorithms"), "algorithms"),
            subscribe=rules(subject, SUBSCRIBE),
            publish=rules(subject, PUBLISH),
            send=rules(subject, SEND),
            permissions=self.permissions(subject),
        )
        needed = {_ISSUER: service.issuer, _AUDIENCE: service.audience}
        for predicate, stated in needed.items():
            if stated is None and service.has_accounts:
                continue
            if service.asks_for_tokens and not (stated and stated.value):
                self.missing(subject, predicate, "a service that takes tokens")
        return service
