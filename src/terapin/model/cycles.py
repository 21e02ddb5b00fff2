"""Orders of entities that refer to each other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from .service import Entity, ServiceModel

Edge = TypeVar("Edge", bound=Hashable)


def closing_edges(graph: Mapping[str, Sequence[tuple[str, Edge]]]) -> frozenset[Edge]:
    """Edges without which a graph has no cycle: those that lead back, walking depth first in the order given."""
    return _walk(graph)[0]


def _walk(
    graph: Mapping[str, Sequence[tuple[str, Edge]]],
) -> tuple[frozenset[Edge], tuple[str, ...]]:
    """The closing edges, and the nodes in the order in which the walk left them."""
    closing: set[Edge] = set()
    left: dict[str, None] = {}
    path: set[str] = set()
    for root in graph:
        if root in left:
            continue
        stack = [(root, iter(graph[root]))]
        path.add(root)
        while stack:
            node, edges = stack[-1]
            for target, edge in edges:
                if target in path:
                    closing.add(edge)
                elif target not in left:
                    path.add(target)
                    stack.append((target, iter(graph.get(target, ()))))
                    break
            else:
                stack.pop()
                path.discard(node)
                left[node] = None
    return frozenset(closing), tuple(left)


def creation_order(model: ServiceModel) -> tuple[Entity, ...]:
    """Relational entities such that each follows what its foreign keys refer to, but for itself and for deferred keys."""
    graph = {
        iri: [
            (key.entity, key.relationship)
            for field in entity.fields
            if (key := field.foreign_key) and key.constrained and not key.deferred
        ]
        for iri, entity in sorted(model.entities.items())
        if not entity.is_document
    }
    return tuple(model.entities[iri] for iri in _walk(graph)[1])
