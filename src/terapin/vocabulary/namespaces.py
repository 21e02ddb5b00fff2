"""The namespaces that ontologies for terapin use, by their usual prefixes."""

from __future__ import annotations

# What all of ours begin with.
NAMESPACE = "http://api.example.org/"

API = "http://api.example.org/api#"
ASYNC = "http://api.example.org/async#"
DB = "http://api.example.org/database#"
ORM = "http://api.example.org/orm#"
REL = "http://api.example.org/relationship#"
GQL = "http://api.example.org/graphql#"
TASK = "http://api.example.org/task#"
WS = "http://api.example.org/websocket#"
AUTH = "http://api.example.org/auth#"

OURS = {
    "api": API,
    "async": ASYNC,
    "db": DB,
    "orm": ORM,
    "rel": REL,
    "gql": GQL,
    "task": TASK,
    "ws": WS,
    "auth": AUTH,
}

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"

KNOWN = {
    **OURS,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "sh": SH,
    "schema": "https://schema.org/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
