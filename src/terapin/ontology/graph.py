"""The triples of an ontology, indexed by subject and predicate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .terms import FIRST, NIL, REST, TYPE

Triple = tuple[str, str, str]
Properties = Mapping[str, list[str]]

_NOTHING: Properties = {}


@dataclass(frozen=True)
class Graph:
    """Nodes in the order of the documents; the values of a predicate without repetition."""

    nodes: Mapping[str, Properties]

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Graph:
        nodes: dict[str, dict[str, list[str]]] = {}
        several: set[tuple[str, str]] = set()
        for subject, predicate, value in triples:
            properties = nodes.get(subject)
            if properties is None:
                nodes[subject] = {predicate: [value]}
            elif predicate not in properties:
                properties[predicate] = [value]
            else:
                properties[predicate].append(value)
                several.add((subject, predicate))
        for subject, predicate in several:
            nodes[subject][predicate] = list(dict.fromkeys(nodes[subject][predicate]))
        return cls(nodes)

    def properties(self, node: str) -> Properties:
        return self.nodes.get(node, _NOTHING)

    def values(self, node: str, predicate: str) -> list[str]:
        return list(self.properties(node).get(predicate, ()))

    @cached_property
    def _by_class(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for node, properties in self.nodes.items():
            for kind in properties.get(TYPE, ()):
                found.setdefault(kind, []).append(node)
        return found

    @property
    def classes(self) -> Iterable[str]:
        """Everything that something is declared to be."""
        return self._by_class.keys()

    def instances(self, kind: str) -> list[str]:
        return list(self._by_class.get(kind, ()))

    @cached_property
    def by_predicate(self) -> Mapping[str, list[str]]:
        """The subjects of each predicate, in the order of the documents."""
        found: dict[str, list[str]] = {}
        for node, properties in self.nodes.items():
            for predicate in properties:
                found.setdefault(predicate, []).append(node)
        return found

    def items(self, head: str) -> list[tuple[str, str]] | None:
        """The cells of a list, each with what it holds; None if it is not a well-formed list."""
        cells: list[tuple[str, str]] = []
        seen: set[str] = set()
        while head != NIL:
            first, rest = self.values(head, FIRST), self.values(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            cells.append((head, first[0]))
            head = rest[0]
        return cells
