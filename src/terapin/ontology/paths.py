"""The paths of endpoints, those that are declared and those that a service has anyway."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .facts import Facts
from .terms import term

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"/|(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|\{[A-Za-z_][A-Za-z0-9_]*\})+)+/?\Z")
_OWN = ("/health/live", "/health/ready", "/metrics", "/docs", "/redoc", "/openapi.json")

Route = tuple[str, str]


def is_path(path: str) -> bool:
    """Segments of plain characters and of parameters in braces, none of which is `.` or `..`."""
    plain = _PATH.match(path) is not None and len(path) <= 500
    return plain and not {".", ".."}.intersection(path.split("/"))


def path_parameters(path: str) -> list[str]:
    return _PARAMETER.findall(path)


def without_names(path: str) -> str:
    """`/users/{id}` and `/users/{key}` are the same route."""
    return _PARAMETER.sub("{}", path)


def generated_routes(facts: Facts) -> Mapping[Route, str]:
    """The routes that a service has anyway, and whose they are."""
    routes = {("GET", path): "the service" for path in _OWN}
    for iri, names in facts.naming.entities.items():
        owner = facts.ontology.shorten(term(iri))
        base = f"/{names.table}"
        for method in ("GET", "POST"):
            routes[method, base] = owner
        for method in ("GET", "PATCH", "DELETE"):
            routes[method, f"{base}/{{}}"] = owner
    for link in facts.links:
        for ends, entity in (
            (facts.naming.forward, link.source),
            (facts.naming.backward, link.target),
        ):
            if link.iri in ends:
                table = facts.naming.entities[entity.iri].table
                owner = facts.ontology.shorten(term(entity.iri))
                routes["GET", f"/{table}/{{}}/{ends[link.iri].name}"] = owner
    return routes
