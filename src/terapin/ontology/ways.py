"""The paths that permissions state, such as `post.author`: over relationships to one, to a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from terapin.diagnostics.similar import did_you_mean
from terapin.model import FieldType, Kind

from . import limits
from .facts import Facts
from .links import Link
from .statements import EntityStatement, FieldStatement, is_true, value_of
from .terms import term

# What a token can name somebody or a tenant by.
NAMING = frozenset(
    {
        FieldType.UUID,
        FieldType.INTEGER,
        FieldType.BIG_INTEGER,
        FieldType.STRING,
        FieldType.TEXT,
    }
)


@dataclass(frozen=True, slots=True)
class Way:
    """`attributes` are relationships, and the field that they lead to, which is a key of `refers_to` if it is one.

    `field` is its statement, None of a foreign key that is made. `type` is None where it could not be read.
    """

    attributes: tuple[str, ...]
    type: FieldType | None
    field: FieldStatement | None
    refers_to: EntityStatement | None


@dataclass(frozen=True, slots=True)
class NoWay:
    """Why a path leads nowhere; without a message something else was reported of it."""

    message: str | None = None
    help: str | None = None


@dataclass(frozen=True, slots=True)
class _End:
    link: Link
    forward: bool
    attribute: str

    @property
    def target(self) -> EntityStatement:
        return self.link.target if self.forward else self.link.source

    @property
    def many(self) -> bool:
        many = Kind.ONE_TO_MANY if self.forward else Kind.MANY_TO_ONE
        return self.link.kind in (many, Kind.MANY_TO_MANY)

    @property
    def holds_key(self) -> bool:
        return self.link.has_key and self.forward is (self.link.kind is Kind.MANY_TO_ONE)


@dataclass(frozen=True)
class Ways:
    facts: Facts

    def owner(self, entity: EntityStatement) -> Way | NoWay | None:
        """One that is the subject is its own unless something else is stated; None where nothing says whose it is."""
        if entity.owner:
            return self.find(entity, entity.owner.value)
        if not is_true(entity.is_subject):
            return None
        return self._own_key(entity) or NoWay()

    def tenant(self, entity: EntityStatement) -> Way | NoWay | None:
        return self.find(entity, entity.tenant.value) if entity.tenant else None

    def find(self, entity: EntityStatement, path: str) -> Way | NoWay:
        """A name may have points in it, so that of what is left all may be one."""
        attributes: list[str] = []
        while "." in path and not self._names(entity, path):
            if len(attributes) == limits.STEPS:
                return NoWay(f"this path has more than {limits.STEPS} steps")
            name, _, path = path.partition(".")
            end = self._ends.get(entity.iri, {}).get(name)
            if end is None or end.many or self._is_apart(end):
                return self._nowhere(entity, name, end)
            attributes.append(end.attribute)
            entity = end.target
        return self._last(tuple(attributes), entity, path)

    def _names(self, entity: EntityStatement, name: str) -> bool:
        ends = self._ends.get(entity.iri, {})
        return name in ends or self.facts.attribute(entity, name) is not None

    def _last(self, before: tuple[str, ...], entity: EntityStatement, name: str) -> Way | NoWay:
        """A relationship stands for the key of what it leads to."""
        end = self._ends.get(entity.iri, {}).get(name)
        if end and not end.many and not end.holds_key and not self._is_apart(end):
            key = self._own_key(end.target)
            if key is None:
                return NoWay()
            return replace(key, attributes=(*before, end.attribute, *key.attributes))
        attribute = self.facts.attribute(entity, name)
        if attribute is None or (end and end.many):
            return self._nowhere(entity, name, end, is_last=True)
        field = self._fields(entity).get(attribute)
        link = self._keys.get((entity.iri, attribute))
        if link:
            type_ = _type(self.facts.key_field(link))
            return Way((*before, attribute), type_, field, link.referenced)
        own = entity if field and is_true(field.primary_key) else None
        return Way((*before, attribute), _type(field), field, own)

    def _own_key(self, entity: EntityStatement) -> Way | None:
        for key in entity.keys:
            if attribute := self.facts.attribute(entity, key.name):
                return Way((attribute,), _type(key), key, entity)
        return None

    def _fields(self, entity: EntityStatement) -> Mapping[str, FieldStatement]:
        fields = self.facts.naming.fields
        return {fields[each.identity].attribute: each for each in entity.scalars.values()}

    def _is_apart(self, end: _End) -> bool:
        """Whether no statement spans both of its entities."""
        documents = self.facts.placement.documents
        return any(each.iri in documents for each in (end.link.source, end.link.target))

    def _nowhere(
        self, entity: EntityStatement, name: str, end: _End | None, *, is_last: bool = False
    ) -> NoWay:
        shown = self.facts.ontology.shorten(term(entity.iri))
        if end and end.many:
            return NoWay(
                f"'{name}' of {shown} leads to many, and a permission to one",
                "take the way from the other side, or a field",
            )
        if end:
            return NoWay(
                f"'{name}' of {shown} leads from one store into another, and no query spans both",
                "keep what decides in a field of its own",
            )
        if not is_last and self.facts.attribute(entity, name) is not None:
            return NoWay(f"'{name}' of {shown} is a field, and leads no further")
        if self.facts.is_doubtful(entity):
            return NoWay()
        known = {*self.facts.field_names(entity), *self._ends.get(entity.iri, {})}
        return NoWay(
            f"{shown} has no field or relationship '{name}'", did_you_mean(name, sorted(known))
        )

    @cached_property
    def _ends(self) -> Mapping[str, Mapping[str, _End]]:
        """By entity and name."""
        found: dict[str, dict[str, _End]] = {}
        naming = self.facts.naming
        for link in self.facts.links:
            for names, entity, forward in (
                (naming.forward, link.source, True),
                (naming.backward, link.target, False),
            ):
                if named := names.get(link.iri):
                    end = _End(link, forward, named.attribute)
                    found.setdefault(entity.iri, {})[named.name] = end
        return found

    @cached_property
    def _keys(self) -> Mapping[tuple[str, str], Link]:
        """By the entity that holds it and its attribute."""
        facts = self.facts
        return {(each.holder.iri, facts.key(each).attribute): each for each in facts.keyed}


def _type(field: FieldStatement | None) -> FieldType | None:
    return value_of(field.type) if field else None
