"""Every place of an ontology where a value can stand, and how a text is written there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.any_ontology import quoted
from tests.ontologies import PREFIXES

ONTOLOGY = """\
# <comment>
@prefix <prefix>: <prefix-iri> .
ex:Service a api:Service ; api:name <service-name> ; api:description <service-description> ;
  api:version <version> ; api:baseIri <base-iri> ; auth:issuer <issuer> ; auth:audience <audience> ;
  auth:read "public" ; auth:create <who> ; auth:update ( <role> "authenticated" ) ; auth:delete () .
<entity-iri> a orm:Entity ; auth:owner <owner> ; auth:tenant <tenant> ;
  auth:read ( "owner" "tenant" [ auth:field <condition-field> ; auth:equals <condition-value> ] [ auth:field "enum" ; auth:equals <value> ] ) ; orm:className <class> ; orm:tableName <table> ;
  orm:description <entity-description> ; <http://www.w3.org/2000/01/rdf-schema#label> <label> ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName <field> ; orm:fieldType "String" ; orm:description <field-description> ]
    [ orm:fieldName "string" ; orm:fieldType "String" ; orm:default <default-string> ; auth:read ( "role:reader" <field-role> ) ]
    [ orm:fieldName "tagged" ; orm:fieldType "Text" ; orm:default "text"@<language> ]
    [ orm:fieldName "text" ; orm:fieldType "Text" ; orm:pattern <pattern> ; orm:minLength <least-length> ]
    [ orm:fieldName "typed" ; orm:fieldType <type> ]
    [ orm:fieldName "email" ; orm:fieldType "Email" ; orm:default <default-email> ]
    [ orm:fieldName "url" ; orm:fieldType "URL" ; orm:default <default-url> ]
    [ orm:fieldName "phone" ; orm:fieldType "Phone" ; orm:default <default-phone> ]
    [ orm:fieldName "currency" ; orm:fieldType "Currency" ; orm:default <default-currency> ]
    [ orm:fieldName "country" ; orm:fieldType "Country" ; orm:default <default-country> ]
    [ orm:fieldName "address" ; orm:fieldType "IPAddress" ; orm:default <default-address> ]
    [ orm:fieldName "color" ; orm:fieldType "Color" ; orm:default <default-color> ]
    [ orm:fieldName "timezone" ; orm:fieldType "Timezone" ; orm:default <default-timezone> ]
    [ orm:fieldName "json" ; orm:fieldType "JSON" ; orm:default <default-json> ]
    [ orm:fieldName "document" ; orm:fieldType "JSON" ; orm:default <default-json-text> ]
    [ orm:fieldName "uuid" ; orm:fieldType "UUID" ; orm:default <default-uuid> ]
    [ orm:fieldName "date" ; orm:fieldType "Date" ; orm:default <default-date> ]
    [ orm:fieldName "time" ; orm:fieldType "Time" ; orm:default <default-time> ]
    [ orm:fieldName "moment" ; orm:fieldType "DateTime" ; orm:default <default-moment> ]
    [ orm:fieldName "span" ; orm:fieldType "Interval" ; orm:default <default-interval> ]
    [ orm:fieldName "integer" ; orm:fieldType "Integer" ; orm:default <default-integer> ]
    [ orm:fieldName "decimal" ; orm:fieldType "Decimal" ; orm:minimum <minimum> ; orm:precision <precision> ]
    [ orm:fieldName "float" ; orm:fieldType "Float" ; orm:exclusiveMaximum <maximum> ]
    [ orm:fieldName "boolean" ; orm:fieldType "Boolean" ; orm:default <default-boolean> ]
    [ orm:fieldName "enum" ; orm:fieldType "Enum" ; orm:values ( "a" <value> ) ; orm:default <value> ]
    [ orm:fieldName "others" ; orm:fieldType rel:OneToMany ]
    _:<label-of-node>
  ) ;
  orm:uniqueTogether ( ( "string" <field-in-group> ) ) ; orm:indexes ( ( <field-in-index> ) ) .
_:<label-of-node> orm:fieldName "blank" ; orm:fieldType "String" .
ex:Other a orm:Entity ; orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "rank" ; orm:fieldType "Integer" ] ) .
<relationship-iri> a rel:OneToMany ; rel:from <entity-iri> ; rel:to ex:Other ; rel:field "others" ;
  rel:inverseField <inverse> ; rel:foreignKey <foreign-key> ; rel:orderBy <order> ; rel:cascade <cascade> .
ex:Many a rel:ManyToMany ; rel:from <entity-iri> ; rel:to ex:Other ; rel:field <relationship> ;
  rel:inverseField "many" ; rel:through <through> .
<endpoint-iri> a api:Endpoint ; api:method <method> ; api:path <path> ; api:operationId <operation> ;
  api:description <endpoint-description> ; api:responseType <response> ;
  api:parameters (
    [ api:name <query-parameter> ; api:type "String" ; api:in "query" ; api:default <default-parameter> ]
    [ api:name <body-parameter> ; api:type <parameter-type> ; api:in <location> ] ) .
<task-iri> a task:AsyncTask ; task:description <task-description> ; task:queue <queue> ; task:routing <routing> ;
  task:priority <priority> ; task:maxRetries <retries> ; task:retryBackoff <backoff> ; task:retryOn ( "OSError" <exception> ) ;
  task:expose true ; auth:send <sender> ; task:timeout <time-limit> ; task:rateLimit <rate> ; task:schedule <schedule> ; task:onCreate <entity-iri> ;
  task:parameters (
    [ task:name <task-parameter> ; task:type "Text" ; task:default <task-default> ; task:description <task-parameter-description> ]
    [ task:name "json" ; task:type "JSON" ; task:default <task-json> ]
    [ task:name "key" ; task:type <entity-iri> ; task:required false ] ) .
ex:NamedTask a task:AsyncTask ; task:name <task-name> .
<channel-iri> a ws:Channel ; ws:path <channel-path> ; ws:messages ( <message-iri> ) ; ws:history <history> ;
  ws:ratePerSecond <message-rate> ; auth:subscribe <subscriber> ; auth:publish <publish> .
<message-iri> a ws:Message ; ws:type <message-type> ; ws:broadcast <broadcast> ;
  ws:payload (
    [ orm:fieldName <payload-field> ; orm:fieldType "String" ; orm:default <payload-default> ; orm:description <payload-description> ]
    [ orm:fieldName "key" ; orm:fieldType <entity-iri> ; orm:nullable true ] ) .
<store-iri> a db:DataSource ; db:type <store-type> ; db:connectionString <connection-string> ; db:database <database> ;
  db:poolConfig ex:Pool .
ex:Pool a async:ConnectionPool ; async:poolType <pool-type> ; async:maxConnections <most-connections> ; async:timeout <timeout> .
<cache-iri> a async:CacheStrategy ; async:backend <backend> ; async:namespace <namespace> ;
  async:serializer <serializer> ; async:ttl <ttl> .
ex:Document a orm:Entity ; auth:create [ auth:field "choice" ; auth:in ( "a" <document-value> ) ] ; orm:dataSource <store-iri> ; orm:cache <cache-iri> ;
  orm:tableName <collection> ; orm:description <document-description> ;
  orm:fields (
    [ orm:fieldName "key" ; orm:fieldType "String" ; orm:primaryKey true ]
    [ orm:fieldName <document-field> ; orm:fieldType "String" ; orm:default <document-default> ]
    [ orm:fieldName "choice" ; orm:fieldType "Enum" ; orm:values ( "a" <document-value> ) ]
    [ orm:fieldName "content" ; orm:fieldType "JSON" ; orm:default <document-json> ] ) ;
  orm:indexes ( ( <document-index> ) ) .
ex:Documents a rel:OneToMany ; rel:from ex:Other ; rel:to ex:Document ; rel:field <across> ;
  rel:inverseField <back> ; rel:foreignKey <remote-key> ; rel:orderBy <remote-order> .
"""


@dataclass(frozen=True, slots=True)
class Place:
    """`usual` is the harmless text there; `written` makes Turtle of one."""

    usual: str
    written: Callable[[str], str] = quoted


def _iri(text: str) -> str:
    return f"<http://example.org/hostile#{text}>"


def _bare(text: str) -> str:
    return text


def _typed(datatype: str) -> Callable[[str], str]:
    return lambda text: f"{quoted(text)}^^xsd:{datatype}"


def _within(before: str, after: str = "") -> Callable[[str], str]:
    """Where the text alone could not be: as a part of what can."""
    return lambda text: quoted(f"{before}{text}{after}")


def _json(text: str) -> str:
    return quoted(json.dumps([text, {text: text}]))


PLACES: Mapping[str, Place] = {
    "comment": Place("comment", _bare),
    "prefix": Place("px", _bare),
    "prefix-iri": Place("prefix", _iri),
    "service-name": Place("Shop"),
    "service-description": Place("A shop."),
    "version": Place("2.3", _within("1.")),
    "base-iri": Place("base", _iri),
    "issuer": Place("id", _within("https://", ".example.org/")),
    "audience": Place("shop"),
    "who": Place("authenticated"),
    "role": Place("editor", _within("role:")),
    "owner": Place("string"),
    "tenant": Place("text"),
    "condition-field": Place("string"),
    "condition-value": Place("value"),
    "field-role": Place("writer", _within("role:")),
    "entity-iri": Place("Thing", _iri),
    "class": Place("Thing"),
    "table": Place("things"),
    "entity-description": Place("A thing."),
    "label": Place("label"),
    "field": Place("field"),
    "field-description": Place("A field."),
    "language": Place("en", _bare),
    "type": Place("String"),
    "pattern": Place("^a+$"),
    "least-length": Place("1", _typed("integer")),
    "minimum": Place("1.5", _typed("decimal")),
    "maximum": Place("1e3", _typed("double")),
    "precision": Place("9", _typed("integer")),
    "default-string": Place("default"),
    "default-email": Place("a", _within("", "@example.org")),
    "default-url": Place("a", _within("https://example.org/")),
    "default-phone": Place("41446681800", _within("+")),
    "default-currency": Place("EUR"),
    "default-country": Place("AT"),
    "default-address": Place("192.0.2.1"),
    "default-color": Place("0a0b0c", _within("#")),
    "default-timezone": Place("Vienna", _within("Europe/")),
    "default-json": Place("{}"),
    "default-json-text": Place("text", _json),
    "default-uuid": Place("8c3b0a52-5d4e-4f2b-9d0a-3b1c2f4d5e6f"),
    "default-date": Place("2025-12-31"),
    "default-time": Place("23:59:00"),
    "default-moment": Place("Z", _within("2025-12-31T23:59:00")),
    "default-interval": Place("T1H", _within("P1D")),
    "default-integer": Place("5", _typed("integer")),
    "default-boolean": Place("true", _typed("boolean")),
    "value": Place("b"),
    "label-of-node": Place("node", _bare),
    "field-in-group": Place("email"),
    "field-in-index": Place("email"),
    "relationship-iri": Place("ThingOthers", _iri),
    "relationship": Place("linked"),
    "inverse": Place("thing"),
    "foreign-key": Place("thing_id"),
    "order": Place("-rank"),
    "cascade": Place("delete"),
    "through": Place("things_others"),
    "endpoint-iri": Place("Endpoint", _iri),
    "method": Place("POST"),
    "path": Place("declared", _within("/")),
    "operation": Place("declare"),
    "endpoint-description": Place("An endpoint."),
    "response": Place("String"),
    "query-parameter": Place("q"),
    "default-parameter": Place("default"),
    "body-parameter": Place("b"),
    "parameter-type": Place("String"),
    "location": Place("body"),
    "task-iri": Place("WorkTask", _iri),
    "task-name": Place("named"),
    "task-description": Place("A task."),
    "queue": Place("work"),
    "routing": Place("slow"),
    "priority": Place("high"),
    "retries": Place("3", _typed("integer")),
    "backoff": Place("linear"),
    "exception": Place("smtplib.SMTPException"),
    "time-limit": Place("30", _typed("integer")),
    "rate": Place("10/m"),
    "sender": Place("clerk", _within("role:")),
    "schedule": Place("0 4 * * mon"),
    "task-parameter": Place("parameter"),
    "task-default": Place("default"),
    "task-parameter-description": Place("A parameter."),
    "task-json": Place("text", _json),
    "channel-iri": Place("Room", _iri),
    "channel-path": Place("rooms", _within("/")),
    "history": Place("5", _typed("integer")),
    "message-rate": Place("0.5", _typed("decimal")),
    "publish": Place("public"),
    "subscriber": Place("reader", _within("role:")),
    "message-iri": Place("Said", _iri),
    "message-type": Place("said"),
    "broadcast": Place("room"),
    "payload-field": Place("text"),
    "payload-default": Place("default"),
    "payload-description": Place("A field of a message."),
    "store-iri": Place("Store", _iri),
    "store-type": Place("mongodb"),
    "connection-string": Place("store.internal", _within("mongodb://", ":27017")),
    "database": Place("store"),
    "pool-type": Place("mongodb"),
    "most-connections": Place("5", _typed("integer")),
    "timeout": Place("0.5", _typed("decimal")),
    "cache-iri": Place("Cache", _iri),
    "backend": Place("redis"),
    "namespace": Place("shop"),
    "serializer": Place("json"),
    "ttl": Place("60", _typed("integer")),
    "collection": Place("documents"),
    "document-description": Place("A document."),
    "document-field": Place("field"),
    "document-default": Place("default"),
    "document-value": Place("b"),
    "document-json": Place("text", _json),
    "document-index": Place("choice"),
    "across": Place("documents"),
    "back": Place("other"),
    "remote-key": Place("other_id"),
    "remote-order": Place("-choice"),
}


def ontology(values: Mapping[str, str]) -> str:
    """The ontology with these texts in their places, the others being usual."""
    document = ONTOLOGY
    for name, place in PLACES.items():
        document = document.replace(f"<{name}>", place.written(values.get(name, place.usual)))
    return PREFIXES + document
