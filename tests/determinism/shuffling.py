"""The same graph in other words: other orders, files, prefixes and labels, and other spellings of nodes and lists."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pyoxigraph

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FIRST, _REST, _NIL = f"<{_RDF}first>", f"<{_RDF}rest>", f"<{_RDF}nil>"
_SPLIT = re.compile(r"<(.*[#/])([A-Za-z_][A-Za-z0-9_]*)>\Z")


def shuffled(turtle: str, seed: int, files: int = 1) -> list[str]:
    """As many documents, over which the subjects with an IRI are distributed."""
    return _Writer(turtle, random.Random(seed)).documents(files)


class _Writer:
    def __init__(self, turtle: str, chance: random.Random) -> None:
        self.chance = chance
        self.properties: dict[str, list[tuple[str, str]]] = {}
        self.references: dict[str, int] = {}
        for quad in pyoxigraph.parse(
            turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE, base_iri="http://ontology.invalid/"
        ):
            value = str(quad.object)
            self.properties.setdefault(str(quad.subject), []).append((str(quad.predicate), value))
            self.references[value] = self.references.get(value, 0) + 1
        for properties in self.properties.values():
            chance.shuffle(properties)
        blank = [node for node in self.properties if node.startswith("_")]
        numbers = chance.sample(range(10**6), len(blank))
        self.labels = {node: f"_:n{number}" for node, number in zip(blank, numbers, strict=True)}
        self.nested = chance.choice([0.0, 0.5, 1.0])
        self.prefixes: dict[str, str] = {}
        self.statements: list[str] = []

    def documents(self, files: int) -> list[str]:
        roots = [node for node in self.properties if not self._is_part(node)]
        self.chance.shuffle(roots)
        return [self._document(roots[number::files]) for number in range(files)]

    def _document(self, roots: Sequence[str]) -> str:
        self.prefixes, self.statements = {}, []
        for node in roots:
            self._state(self._named(node), self.properties[node])
        self.chance.shuffle(self.statements)
        declared = [f"@prefix {name}: <{iri}> ." for iri, name in self.prefixes.items()]
        self.chance.shuffle(declared)
        return "\n".join([*declared, *self.statements]) + "\n"

    def _is_part(self, node: str) -> bool:
        """A blank node that one other node refers to stands where that one does."""
        return node in self.labels and self.references.get(node) == 1

    def _state(self, subject: str, properties: Sequence[tuple[str, str]]) -> None:
        if self.chance.random() < 0.5:
            self.statements.append(f"{subject} {self._list_of(properties)} .")
        else:
            for predicate, value in properties:
                self.statements.append(f"{subject} {self._pair(predicate, value)} .")

    def _list_of(self, properties: Sequence[tuple[str, str]]) -> str:
        return " ; ".join(self._pair(predicate, value) for predicate, value in properties)

    def _pair(self, predicate: str, value: str) -> str:
        return f"{self._named(predicate)} {self._value(value)}"

    def _value(self, node: str) -> str:
        if not self._is_part(node):
            return self._named(node)
        if self.chance.random() >= self.nested:
            self._state(self.labels[node], self.properties[node])
            return self.labels[node]
        items = self._items(node)
        if items is not None and self.chance.random() < 0.5:
            return f"( {' '.join(map(self._value, items))} )"
        return f"[ {self._list_of(self.properties[node])} ]"

    def _items(self, head: str) -> list[str] | None:
        """Of a list that is written as one, whose cells nothing else is said of."""
        items = []
        while head != _NIL:
            cell = dict(self.properties.get(head, []))
            if set(cell) != {_FIRST, _REST} or len(self.properties[head]) != 2:
                return None
            items.append(cell[_FIRST])
            head = cell[_REST]
        return items

    def _named(self, node: str) -> str:
        if node in self.labels:
            return self.labels[node]
        split = _SPLIT.match(node)
        if split is None or self.chance.random() < 0.1:
            return node
        name = self.prefixes.setdefault(split[1], f"p{self.chance.randrange(10**6)}")
        return f"{name}:{split[2]}"
