"""Paths and operations: those of endpoints that are declared, and those that a service has anyway."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .facts import Facts
from .statements import is_true, value_of
from .terms import term

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"/|(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|\{[A-Za-z_][A-Za-z0-9_]*\})+)+/?\Z")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OWN = ("/health/live", "/health/ready", "/metrics", "/docs", "/redoc", "/openapi.json")
# The operations of accounts, by the ends of their paths.
_ACCOUNTS = {
    "register": "register",
    "verify": "verify_address",
    "login": "login",
    "refresh": "refresh_tokens",
    "logout": "logout",
    "password": "change_password",
    "password/forgot": "forgot_password",
    "password/reset": "reset_password",
}

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
        owner = _shown(facts, iri)
        base = f"/{names.table}"
        for method in ("GET", "POST"):
            routes[method, base] = owner
        for method in ("GET", "PATCH", "DELETE"):
            routes[method, f"{base}/{{}}"] = owner
    for iri, end in _ends(facts):
        routes["GET", f"/{facts.naming.entities[iri].table}/{{}}/{end}"] = _shown(facts, iri)
    if facts.statements.channels and _takes_tokens(facts):
        routes["POST", "/ws/tickets"] = "WebSockets"
    if any(each.has_accounts for each in facts.statements.services):
        routes |= {("POST", f"/auth/{path}"): "accounts" for path in _ACCOUNTS}
    for name, iri in _exposed(facts):
        routes["POST", f"/tasks/{name}"] = _shown(facts, iri)
        routes["GET", "/tasks/{}"] = routes["POST", "/tasks/{}/cancel"] = "background tasks"
    return routes


def generated_operations(facts: Facts) -> Mapping[str, str]:
    """The ids of the operations that a service has anyway, and whose they are."""
    operations: dict[str, str] = {}
    snakes: dict[str, str] = {}
    for iri, names in facts.naming.entities.items():
        snakes[iri] = _CAPITAL.sub("_", names.class_name).lower()
        operations[f"list_{names.table}"] = _shown(facts, iri)
        for verb in ("create", "get", "update", "delete"):
            operations[f"{verb}_{snakes[iri]}"] = _shown(facts, iri)
    for iri, end in _ends(facts):
        for verb in ("list", "get", "link", "unlink"):
            operations[f"{verb}_{end}_of_{snakes[iri]}"] = _shown(facts, iri)
    if facts.statements.channels and _takes_tokens(facts):
        operations["create_ticket"] = "WebSockets"
    if any(each.has_accounts for each in facts.statements.services):
        operations |= dict.fromkeys(_ACCOUNTS.values(), "accounts")
    for name, iri in _exposed(facts):
        operations[f"send_{name}"] = _shown(facts, iri)
        operations["get_task"] = operations["cancel_task"] = "background tasks"
    return operations


def _exposed(facts: Facts) -> Iterator[tuple[str, str]]:
    """Tasks that can be sent by HTTP: the name that stands in the path, and the IRI."""
    for task in facts.statements.tasks:
        if is_true(task.expose):
            yield value_of(task.name) or facts.naming.tasks[task.iri], task.iri


def _takes_tokens(facts: Facts) -> bool:
    return any(each.asks_for_tokens for each in facts.statements.services)


def _ends(facts: Facts) -> Iterator[tuple[str, str]]:
    """Relationships as their entities have them: the entity, and the name that it has there."""
    for link in facts.links:
        for names, entity in (
            (facts.naming.forward, link.source),
            (facts.naming.backward, link.target),
        ):
            if link.iri in names:
                yield entity.iri, names[link.iri].name


def _shown(facts: Facts, iri: str) -> str:
    return facts.ontology.shorten(term(iri))
