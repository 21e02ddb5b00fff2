"""What GraphQL shows of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlEntity:
    """`one` and `many` are the attributes of its root fields; `hidden` has those of the entity that are not shown."""

    one: str
    many: str
    mutations: bool
    subscriptions: bool = False
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphql:
    """`entities` are those that it shows, by IRI. Limits are None where the ontology leaves them open."""

    entities: Mapping[str, GraphqlEntity]
    max_depth: int | None = None
    max_aliases: int | None = None
    max_tokens: int | None = None
    max_cost: int | None = None
    trusted_documents: bool | None = None
