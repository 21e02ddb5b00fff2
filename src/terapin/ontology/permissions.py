"""Who may do what, of statements that no rule objects to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from terapin.model import FieldType, Now, Operation, Permissions, Rule, Rules, Who, is_public

from .defaults import default_of
from .facts import Facts
from .statements import (
    ConditionStatement,
    EntityStatement,
    FieldStatement,
    PermissionStatement,
    RuleStatement,
    Statements,
    is_true,
)
from .ways import Way, Ways

Permitted = tuple[PermissionStatement, ...]


def states_permissions(statements: Statements) -> bool:
    """Whether anything says who may do what: what it does not say is then for nobody."""
    return any(statements_of_permissions(statements))


def statements_of_permissions(statements: Statements) -> Iterator[PermissionStatement]:
    for service in statements.services:
        yield from service.permissions
    for entity in statements.entities.values():
        yield from entity.permissions
        for field in entity.fields:
            yield from field.permissions


def conditions(entity: EntityStatement) -> Iterator[ConditionStatement]:
    """Those that are said of it and of its fields."""
    of_fields = (each for field in entity.fields for each in field.permissions)
    for permission in (*entity.permissions, *of_fields):
        for rule in permission.rules:
            if rule.condition:
                yield rule.condition


def applies(who: Who, entity: EntityStatement) -> bool:
    """Whether the entity has what such a rule speaks of."""
    if who is Who.OWNER:
        return entity.owner is not None or is_true(entity.is_subject)
    return who is not Who.TENANT or entity.tenant is not None


def stated(permissions: Permitted, operation: Operation) -> PermissionStatement | None:
    return next((each for each in permissions if each.operation is operation), None)


@dataclass(frozen=True)
class Granting:
    facts: Facts

    def entity(self, entity: EntityStatement) -> Permissions | None:
        if not self._is_asked_for:
            return None
        return Permissions(
            **{each.value: self._of_row(entity, each) for each in Operation},
        )

    def is_said(self, entity: EntityStatement, operation: Operation) -> bool:
        """Whether something says who may, be it nobody: a default of owners says nothing of what nobody owns."""
        if stated(entity.permissions, operation):
            return True
        default = self.default(operation)
        return default is not None and (
            not default.rules or any(applies(each.who, entity) for each in default.rules)
        )

    def field(
        self, entity: EntityStatement, field: FieldStatement, operation: Operation
    ) -> Rules | None:
        """None where nothing more is asked than of the row."""
        own = stated(field.permissions, operation)
        rules = self._rules(entity, own) if own else None
        return None if rules is None or is_public(rules) else rules

    @cached_property
    def _is_asked_for(self) -> bool:
        return states_permissions(self.facts.statements)

    @cached_property
    def _ways(self) -> Ways:
        return Ways(self.facts)

    def _of_row(self, entity: EntityStatement, operation: Operation) -> Rules:
        """The default of the service where the entity says nothing."""
        permission = stated(entity.permissions, operation) or self.default(operation)
        return self._rules(entity, permission) if permission else ()

    def default(self, operation: Operation) -> PermissionStatement | None:
        found = (stated(each.permissions, operation) for each in self.facts.statements.services)
        return next(filter(None, found), None)

    def _rules(self, entity: EntityStatement, permission: PermissionStatement) -> Rules:
        rules = [rule for each in permission.rules for rule in self._rule(entity, each)]
        return tuple(dict.fromkeys(rules))

    def _rule(self, entity: EntityStatement, statement: RuleStatement) -> Iterator[Rule]:
        """Nothing where the service's default speaks of what the entity has not."""
        match statement.who:
            case Who.OWNER:
                way = self._ways.owner(entity)
            case Who.TENANT:
                way = self._ways.tenant(entity)
            case Who.CONDITION if statement.condition:
                yield from self._conditional(entity, statement.condition)
                return
            case _:
                yield Rule(who=statement.who, role=statement.role)
                return
        if isinstance(way, Way):
            yield Rule(who=statement.who, path=way.attributes)

    def _conditional(
        self, entity: EntityStatement, condition: ConditionStatement
    ) -> Iterator[Rule]:
        way = self._ways.find(entity, condition.field.value)
        if isinstance(way, Way) and way.type:
            values = (_value(way.type, each.value) for each in condition.values)
            found = tuple(dict.fromkeys(each for each in values if each is not None))
            yield Rule(who=Who.CONDITION, path=way.attributes, values=found)


def _value(type_: FieldType, term: str) -> str | int | bool | None:
    value = default_of(type_, term)
    if isinstance(value, Now):
        return None
    return str(value) if isinstance(value, Decimal) else value
