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
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcam": "http://purl.org/dc/dcam/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}
