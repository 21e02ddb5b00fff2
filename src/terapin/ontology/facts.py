"""All that is known of an ontology when it is checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from terapin.model import Kind, Place
from terapin.model.names import Names
from terapin.vocabulary import vocabulary
from terapin.vocabulary.namespaces import NAMESPACE

from .binding import Bindings, bind
from .exposure import Exposure
from .links import Link, closing, related
from .naming import KeyNames, Naming, name_everything
from .ontology import Ontology
from .placement import Placement
from .statements import EntityStatement, FieldStatement, Statements, is_true
from .terms import TYPE, term


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    place: Place


@dataclass(frozen=True)
class Facts:
    ontology: Ontology
    statements: Statements
    bindings: Bindings
    links: tuple[Link, ...]
    placement: Placement
    exposure: Exposure
    naming: Naming

    @classmethod
    def of(
        cls,
        ontology: Ontology,
        statements: Statements,
        pinned: Names,
        layers: Collection[str] = (),
    ) -> Facts:
        bindings = bind(statements)
        links = related(statements, bindings)
        placement = Placement.of(statements)
        exposure = Exposure.of(statements, layers)
        naming = name_everything(statements, links, placement, exposure, pinned)
        return cls(ontology, statements, bindings, links, placement, exposure, naming)

    @cached_property
    def keyed(self) -> tuple[Link, ...]:
        """Links with a foreign key that has its names."""
        return tuple(each for each in self.links if each.iri in self.naming.keys)

    @cached_property
    def opened(self) -> frozenset[str]:
        """Relationships whose foreign key is made nullable, since rows that all require each other cannot be inserted."""
        required = [each for each in self.keyed if not each.nullable(self.key(each).field)]
        keys = {each.iri for each in required if self._is_primary(each)}
        return closing(required) - keys

    def _is_primary(self, link: Link) -> bool:
        field = self.key(link).field
        return field is not None and is_true(field.primary_key)

    def key(self, link: Link) -> KeyNames:
        return self.naming.keys[link.iri]

    def key_field(self, link: Link) -> FieldStatement | None:
        """What the foreign key refers to."""
        return next(iter(link.referenced.keys), None)

    def nullable(self, link: Link) -> bool:
        return link.iri in self.opened or link.nullable(self.key(link).field)

    @cached_property
    def _keys_of(self) -> Mapping[str, Mapping[str, KeyNames]]:
        """By entity: its foreign keys by their own name and by that of the relationship."""
        keys: dict[str, dict[str, KeyNames]] = {}
        for each in self.keyed:
            key = self.key(each)
            many_to_one = each.kind is Kind.MANY_TO_ONE
            ends = self.naming.forward if many_to_one else self.naming.backward
            named = keys.setdefault(each.holder.iri, {})
            named.setdefault(ends[each.iri].name, key)
            named[key.name] = key
        return keys

    def attribute(self, entity: EntityStatement, name: str) -> str | None:
        """The attribute of a field by its name; a to-one relationship stands for its foreign key."""
        key = self._keys_of.get(entity.iri, {}).get(name)
        if key:
            return key.attribute
        if name in entity.scalars:
            return self.naming.fields[f"{entity.iri} {name}"].attribute
        return None

    def field_names(self, entity: EntityStatement) -> tuple[str, ...]:
        return (*entity.scalars, *self._keys_of.get(entity.iri, {}))

    def is_missing(self, iri: str) -> bool:
        """Whether it is no entity, and not because its class is misspelt or not understood yet."""
        return iri not in self.statements.entities and not self.has_odd_class(iri)

    def has_odd_class(self, iri: str) -> bool:
        """Whether a class of it is misspelt, or not understood yet: other rules speak of that."""
        kinds = [kind.strip("<>") for kind in self.ontology.graph.values(term(iri), TYPE)]
        terms = vocabulary().terms
        return any(
            kind.startswith(NAMESPACE) and not (kind in terms and terms[kind].built)
            for kind in kinds
        )

    def is_doubtful(self, entity: EntityStatement) -> bool:
        """Whether the entity may have fields that could not be read, or a relationship that is not related yet."""
        return self.has_doubtful_field(entity) or entity.iri in self._unrelated

    def has_doubtful_field(self, entity: EntityStatement) -> bool:
        """Whether the entity may have fields that could not be read."""
        return entity.doubtful or any(field.doubtful for field in entity.fields)

    @cached_property
    def _unrelated(self) -> frozenset[str]:
        """Entities of relationships that lack an entity or a name."""
        related = {link.iri for link in self.links if link.forward_name}
        return frozenset(
            stated.value
            for each in self.statements.relationships
            if each.iri not in related or each.doubtful
            for stated in (each.source, each.target)
            if stated
        )

    def members(self, entity: EntityStatement) -> Iterator[Member]:
        """All that has a stated name on an entity: its fields, ends of relationships, and foreign keys that are made."""
        for field in entity.fields:
            yield Member(field.name, field.place)
        for end in self._ends_of.get(entity.iri, ()):
            if (entity.iri, end.name) not in self._loose:
                yield end

    @cached_property
    def _loose(self) -> frozenset[tuple[str, str]]:
        """Relationship fields that stand for nothing, by entity and name: another rule speaks of them."""
        return frozenset((field.entity, field.name) for field, _ in self.bindings.loose)

    @cached_property
    def _ends_of(self) -> Mapping[str, Sequence[Member]]:
        """By entity, names that relationships state and that no field of the relationship's stands for."""
        found: dict[str, list[Member]] = {}
        keys: set[tuple[str, str]] = set()
        for link in self.links:
            statement = link.statement
            if statement.field and not link.forward:
                member = Member(statement.field.value, statement.field.place)
                found.setdefault(link.source.iri, []).append(member)
            if statement.inverse_field and not link.backward:
                member = Member(statement.inverse_field.value, statement.inverse_field.place)
                found.setdefault(link.target.iri, []).append(member)
            key = statement.foreign_key
            if key and link.has_key and key.value not in link.holder.scalars:
                if (link.holder.iri, key.value) not in keys:
                    found.setdefault(link.holder.iri, []).append(Member(key.value, key.place))
                keys.add((link.holder.iri, key.value))
        return found

    def mention(self, iri: str) -> str:
        """What an IRI is called, and where it is stated."""
        name = self.ontology.shorten(term(iri))
        span = self.ontology.positions.find(Place(term(iri)))
        return f"{name} ({span.source}:{span.line})" if span else name
