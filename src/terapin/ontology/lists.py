"""What is wrong with a list whose cells are written out."""

from __future__ import annotations

from terapin.model import Place

from .graph import Graph
from .terms import FIRST, NIL, REST


def fault(graph: Graph, head: str) -> tuple[Place, str] | None:
    """Where it is and what; None if there is no cell, or nothing wrong with any."""
    seen: set[str] = set()
    before: str | None = None
    node = head
    while node != NIL:
        first, rest = graph.values(node, FIRST), graph.values(node, REST)
        if not first and not rest:
            if before is None:
                return None
            return Place(before, REST, node), "this list leads to what is no cell"
        if node in seen:
            return Place(before or head, REST, node), "this list leads back into itself"
        for predicate, values in ((FIRST, first), (REST, rest)):
            name = f"rdf:{predicate.rpartition('#')[2].rstrip('>')}"
            if not values:
                return Place(node), f"this cell of a list has no {name}"
            if len(values) > 1:
                return Place(node, predicate, values[1]), f"this cell of a list has a second {name}"
        seen.add(node)
        before, node = node, rest[0]
    return None
