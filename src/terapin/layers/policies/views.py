from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...model import Entities, Entity, Field, FieldType, Operation, Rule, Rules, Who, is_public
from ..python import Imports, call, literal, unhidden
from ..types import enum_members, enum_name, value_literal


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    result: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """`base`, `asking` and `condition` are what those of core are called here, `model` what the entity's class is."""

    imports: str
    name: str
    base: str
    asking: str
    condition: str
    model: str
    methods: tuple[Method, ...]


_CORE = "..core.security.policy"


def passed(entities: Entities, entity: Entity) -> Entities:
    """The entity, and those that the paths of its rules lead to."""
    found = {entity.iri: entity}
    for rule in _rules(entity):
        at = entity
        for attribute in rule.path[:-1]:
            at = entities[at.relationship(attribute).target]
            found[at.iri] = at
    return found


def _rules(entity: Entity) -> Iterator[Rule]:
    for _, rules in _methods(entity):
        yield from rules


def _methods(entity: Entity) -> Iterator[tuple[str, Rules]]:
    permissions = entity.permissions
    assert permissions is not None
    for operation in Operation:
        yield operation, getattr(permissions, operation)
    for field in entity.fields:
        if field.read_by is not None:
            yield f"read_{field.attribute}", field.read_by
        if field.update_by is not None:
            yield f"update_{field.attribute}", field.update_by


def policy_view(entities: Entities, entity: Entity) -> PolicyView:
    written = _Written(entities, entity)
    return PolicyView(
        name=written.name,
        base=written.core("Policy"),
        asking=written.core("Asking"),
        condition=written.core("Condition"),
        model=written.model(entity),
        methods=tuple(Method(name, written.any_of(rules)) for name, rules in _methods(entity)),
        imports=written.imports.render(),
    )


class _Written:
    """Rules as Python, whose names are imported under another one where something else here is called so."""

    def __init__(self, entities: Entities, entity: Entity) -> None:
        self.entities = entities
        self.entity = entity
        self.name = f"{entity.class_name}Policy"
        self.imports = Imports()
        self.imports.name("__future__", "annotations")
        self._classes = {each.class_name for each in entities.values()}
        self._classes |= {
            enum_name(each, field)
            for each in entities.values()
            for field in each.fields
            if field.type is FieldType.ENUM
        }

    def core(self, name: str) -> str:
        imported, called = unhidden(name, {*self._classes, self.name})
        self.imports.name(_CORE, imported)
        return called

    def model(self, entity: Entity) -> str:
        return self._of_model(entity, entity.class_name)

    def _of_model(self, entity: Entity, name: str) -> str:
        imported, called = unhidden(name, {self.name})
        self.imports.name(f"..models.{entity.module}", imported)
        return called

    def any_of(self, rules: Rules) -> str:
        if is_public(rules):
            return "True"
        conditions = [self.condition(each) for each in rules]
        if not conditions:
            return "False"
        if len(rules) == 1 and not (self.entity.is_document and rules[0].path):
            return conditions[0]
        # To mypy, what a field of a document is compared to is anything.
        return call(self.core("any_of"), conditions)

    def condition(self, rule: Rule) -> str:
        match rule.who:
            case Who.AUTHENTICATED:
                return "subject.is_authenticated"
            case Who.ROLE:
                return f"subject.has_role({literal(rule.role)})"
            case _:
                return self.along(self.entity, rule.path, rule)

    def along(self, entity: Entity, path: Sequence[str], rule: Rule) -> str:
        attribute, *others = path
        place = f"{self.model(entity)}.{attribute}"
        if others:
            target = self.entities[entity.relationship(attribute).target]
            return f"{place}.has({self.along(target, others, rule)})"
        match rule.who:
            case Who.OWNER:
                return f"{place} == subject.id"
            case Who.TENANT:
                return f"{place} == subject.tenant"
        return self.compared(entity, entity.field(attribute), place, rule)

    def compared(self, entity: Entity, field: Field, place: str, rule: Rule) -> str:
        values = [self.value(entity, field, each) for each in rule.values]
        if len(values) != 1:
            return f"{place}.in_([{', '.join(values)}])"
        if field.type is not FieldType.BOOLEAN:
            return f"{place} == {values[0]}"
        # Documents are asked in the words that there are for any value.
        return f"{place}.in_([{values[0]}])" if entity.is_document else f"{place}.is_({values[0]})"

    def value(self, entity: Entity, field: Field, value: str | int | bool) -> str:
        if field.type is not FieldType.ENUM:
            return value_literal(field.type, value, self.imports)
        names = {text: name for name, text in enum_members(field.values)}
        return f"{self._of_model(entity, enum_name(entity, field))}.{names[str(value)]}"
