"""Who may do what with the rows of a model: what policies are made of, and what they come to for whoever asks.

A policy knows no request: it is asked once for each standing (which roles, with a tenant or without), and what it
answers becomes part of statements, in which whose subject and tenant it is are bound each time.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Hashable, Iterator, Mapping
from functools import cached_property, lru_cache, reduce
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar, get_args
from uuid import UUID

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    ColumnElement,
    Exists,
    False_,
    Select,
    True_,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import AsBoolean, BooleanClauseList, Grouping
from sqlalchemy.sql.operators import and_ as and_operator
from sqlalchemy.sql.operators import eq, is_true
from sqlalchemy.sql.operators import or_ as or_operator
from sqlalchemy.types import TypeEngine

from ..entities import Entity, entity_of
from ..errors import Anonymous, Fault, Forbidden, Problem, pointer
from ..guard import FieldOperation, Operation
from ..mapped import MappedEntity, kind_of
from ..permitted import asked_of
from ..resource import Resource
from ..schemas import json_name
from .subject import Subject, current

Model = TypeVar("Model")

# Standings of which a policy's answers are kept; one more is asked anew.
KEPT = 512

# For whom a policy is asked what it looks at: of each type of a key, one is its value.
_KINDS: tuple[Literal["anonymous", "user", "key"], ...] = ("anonymous", "user", "key")
_NAMES = ("0", "00000000-0000-0000-0000-000000000000")

# The filter that no document meets, of which this need not know more.
_NO_DOCUMENT: Mapping[str, Any] = {"$nor": [{}]}


class Documents(Protocol):
    """A filter of MongoDB, as the fields of documents make them."""

    @property
    def document(self) -> Mapping[str, Any]: ...


# Which rows: all, none, or those that an expression over the model holds of.
Condition = bool | ColumnElement[bool] | Documents


def any_of(*conditions: Condition) -> Condition:
    """Those rows that one of the conditions holds of; of none there are none."""
    found = [each for each in map(_simple, conditions) if each is not False]
    if any(each is True for each in found):
        return True
    joined: Condition = reduce(operator.or_, found) if found else False
    return joined


def all_of(*conditions: Condition) -> Condition:
    """Those rows that all of the conditions hold of; of none there are all."""
    found = [each for each in map(_simple, conditions) if each is not True]
    if any(each is False for each in found):
        return False
    joined: Condition = reduce(operator.and_, found) if found else True
    return joined


class Standing(NamedTuple):
    """What of a subject decides by itself."""

    is_authenticated: bool = False
    kind: Literal["anonymous", "user", "key"] = "anonymous"
    roles: frozenset[str] = frozenset()
    has_tenant: bool = False

    @classmethod
    def of(cls, subject: Subject) -> Standing:
        return cls(subject.id is not None, subject.kind, subject.roles, subject.tenant is not None)


class Asking:
    """Whoever asks, as policies know them: by their standing, and by an `id` and a `tenant` to be compared with."""

    def __init__(self, standing: Standing) -> None:
        self.is_authenticated = standing.is_authenticated
        self.kind = standing.kind
        self.has_tenant = standing.has_tenant
        self._roles = standing.roles
        # Compared with a field: `Post.author_id == subject.id`. Nothing is equal to what a subject does not have.
        self.id = _Claim("id", is_absent=not standing.is_authenticated)
        self.tenant = _Claim("tenant", is_absent=not standing.has_tenant)

    def has_role(self, name: str) -> bool:
        return name in self._roles


class _Asked(Asking):
    """Notes which roles a policy asks for."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.roles: set[str] = set()

    def has_role(self, name: str) -> bool:
        self.roles.add(name)
        return super().has_role(name)


class Policy(Generic[Model]):
    """What is done with rows of a model is done with those of which its method says so; nobody does what none allows.

    `read_email` says of which rows somebody who reads them also reads the `email`, and `update_email` the same of
    updates; fields without such a method are like their row.
    """

    model: ClassVar[type[Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for base in getattr(cls, "__orig_bases__", ()):
            arguments = get_args(base)
            if arguments and not isinstance(arguments[0], TypeVar):
                cls.model = arguments[0]

    @classmethod
    def guarding(cls, resource: Resource) -> PolicyGuard:
        return PolicyGuard(cls(), resource)

    def read(self, subject: Asking) -> Condition:
        return False

    def create(self, subject: Asking) -> Condition:
        """Asked of the new row."""
        return False

    def update(self, subject: Asking) -> Condition:
        """Asked of the row as it was and as it will be."""
        return False

    def delete(self, subject: Asking) -> Condition:
        return False


class PolicyGuard:
    """Asks a policy, in the name of whoever asks; see `Guard`."""

    def __init__(self, policy: Policy[Any], resource: Resource) -> None:
        self.policy = policy
        self.resource = resource
        self._is_kept = not hasattr(policy.model, "__collection__")
        self._kept = lru_cache(KEPT)(self._decided)

    @cached_property
    def _fields(self) -> Mapping[FieldOperation, frozenset[str]]:
        """The attributes that have methods of their own. Raises TypeError."""
        entity = entity_of(self.policy.model)
        return {"read": self._told("read", entity), "update": self._told("update", entity)}

    def _told(self, operation: FieldOperation, entity: Entity) -> frozenset[str]:
        start = f"{operation}_"
        names = {name for name in dir(self.policy) if name.startswith(start)}
        attributes = frozenset(name.removeprefix(start) for name in names)
        if unknown := attributes - entity.properties.keys():
            method = f"{type(self.policy).__name__}.{start}{min(unknown)}"
            raise TypeError(f"{method} is about no field of {entity.model.__name__}")
        if operation == "read" and entity.key.attribute in attributes:
            raise TypeError(f"{entity.model.__name__} is known by its key, which is read with it")
        # What nobody reads needs no condition.
        return attributes & self.resource.by_attribute.keys() if operation == "read" else attributes

    def check(self) -> None:
        """Raises TypeError where the policy is about what its model has not."""
        for attribute in self._fields["read"]:
            field = self.resource.read.model_fields[attribute]
            if type(None) not in get_args(field.annotation):
                raise TypeError(
                    f"{self.resource.read.__name__}.{attribute} is not for everybody, so it has to allow None"
                )

    @property
    def restricted(self) -> frozenset[str]:
        return self._fields["read"]

    def standing(self) -> Hashable:
        subject = current.get(None)
        return None if subject is None else Standing.of(subject)

    def identity(self) -> Hashable:
        subject = current.get(None)
        if subject is None:
            return None
        return subject.kind, subject.id, subject.tenant, tuple(sorted(subject.roles))

    def sight(self) -> Hashable:
        decided = self._now()
        if decided is None:
            return None
        fields = decided.fields("read", self._fields["read"])
        asked = (decided.condition("read"), *fields.values())
        return self.identity() if any(map(_is_personal, asked)) else self.standing()

    @cached_property
    def deciding(self) -> frozenset[str]:
        """Found by asking for everybody: of roles, for those who have one of them."""
        entity = entity_of(self.policy.model)
        conditions: list[Condition] = []
        roles: list[frozenset[str]] = [frozenset()]
        for each in roles:
            for kind in _KINDS:
                asking = _Asked(Standing(kind != "anonymous", kind, each, kind != "anonymous"))
                for name in _NAMES:
                    before = current.set(Subject(name, kind, each, name))
                    conditions.append(self.policy.read(asking))
                    current.reset(before)
                new = ({name} for name in sorted(asking.roles))
                roles += [one for one in map(frozenset, new) if one not in roles]
        return frozenset().union(*(_asked_of(_simple(each), entity) for each in conditions))

    def condition(self, operation: Operation) -> Condition:
        decided = self._now()
        return True if decided is None else decided.condition(operation)

    def fields(self, operation: FieldOperation) -> Mapping[str, Condition]:
        decided = self._now()
        return {} if decided is None else decided.fields(operation, self._fields[operation])

    def admit(self, operation: Operation) -> None:
        """A stranger is asked for a token. Somebody known is not told of what there is by being refused."""
        subject = current.get(None)
        if subject is not None and self.condition(operation) is False:
            if subject.is_anonymous:
                raise Anonymous
            if operation == "create":
                raise Forbidden

    def refusal(self, operation: Operation, attributes: Collection[str] = ()) -> Problem:
        schema = self.resource.update
        detail = f"is not for you to {operation}"
        return Forbidden(
            *(
                Fault(pointer=pointer([json_name(schema, each)]), detail=detail)
                for each in attributes
            )
        )

    def _now(self) -> _Decided | None:
        """None outside of requests: a service itself may do everything."""
        subject = current.get(None)
        if subject is None:
            return None
        standing = Standing.of(subject)
        # The filters of documents hold the values themselves.
        return self._kept(standing) if self._is_kept else self._decided(standing)

    def _decided(self, standing: Standing) -> _Decided:
        return _Decided(self.policy, Asking(standing))


class _Decided:
    """What a policy says of one standing, each of it asked once."""

    def __init__(self, policy: Policy[Any], asking: Asking) -> None:
        self._policy = policy
        self._asking = asking
        self._answers: dict[str, Condition] = {}
        self._by_field: dict[FieldOperation, Mapping[str, Condition]] = {}

    def condition(self, name: str) -> Condition:
        found = self._answers.get(name)
        if found is None:
            found = _simple(getattr(self._policy, name)(self._asking))
            if not _is_condition(found):
                raise TypeError(
                    f"{type(self._policy).__name__}.{name} answered {found!r}: "
                    "a condition is True, False, or a comparison of fields"
                )
            self._answers[name] = found
        return found

    def fields(
        self, operation: FieldOperation, attributes: frozenset[str]
    ) -> Mapping[str, Condition]:
        found = self._by_field.get(operation)
        if found is None:
            asked = {each: self.condition(f"{operation}_{each}") for each in sorted(attributes)}
            found = {each: condition for each, condition in asked.items() if condition is not True}
            self._by_field[operation] = found
        return found


class _Claim:
    """A value that a subject has, compared with fields of models: in SQL what is bound, in MongoDB the value itself."""

    def __init__(self, name: Literal["id", "tenant"], *, is_absent: bool) -> None:
        self._name = name
        self._is_absent = is_absent

    def __clause_element__(self) -> _Bound:
        return _Bound(self._name, is_absent=self._is_absent)

    def __equal_to__(self, field: Any) -> Any:
        """As `Stored` asks who is compared with it."""
        value = spelt(current.get().id if self._name == "id" else current.get().tenant, field.kind)
        return field.in_(() if value is None else (value,))

    def __eq__(self, other: object) -> Any:
        if hasattr(other, "__clause_element__") or hasattr(other, "codec"):
            return other == self
        raise TypeError(f"subject.{self._name} is compared with fields, and not with {other!r}")

    def __bool__(self) -> bool:
        whether = "is_authenticated" if self._name == "id" else "has_tenant"
        raise TypeError(f"whether there is a subject.{self._name} is said by subject.{whether}")


class _Bound(BindParameter[Any]):
    """What a subject's value is at the moment a statement is sent, as the type of what it is compared with."""

    inherit_cache = True

    def __init__(self, name: str, *, is_absent: bool, type_: TypeEngine[Any] | None = None) -> None:
        kind = "" if type_ is None else kind_of(type_)
        self.claim = name
        self.is_absent = is_absent

        def value() -> Any:
            subject = current.get()
            return spelt(subject.id if name == "id" else subject.tenant, kind)

        super().__init__(f"subject {name} {kind}", callable_=value, type_=type_)

    def _with_binary_element_type(self, type_: TypeEngine[Any]) -> Any:
        """SQLAlchemy's word for: it takes the type of what it is compared with."""
        return _Bound(self.claim, is_absent=self.is_absent, type_=type_)


def spelt(text: str | None, kind: str) -> Any:
    """The value of a kind that is spelt just so; None where there is no such value."""
    if text is None or "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        return None
    try:
        match kind:
            case "UUID":
                found: Any = UUID(text)
            case "Integer" | "BigInteger":
                found = int(text)
                bits = 31 if kind == "Integer" else 63
                if not -(2**bits) <= found < 2**bits:
                    return None
            case "String" | "Text" | "Email":
                found = text
            case _:
                return None
    except ValueError:
        return None
    return found if str(found) == text else None


def _simple(condition: Any) -> Any:
    """True and False where an expression can come to nothing else."""
    if not isinstance(condition, ColumnElement) and hasattr(condition, "__clause_element__"):
        condition = condition.__clause_element__()
    if isinstance(condition, ColumnElement):
        if isinstance(condition, True_):
            return True
        if _is_hopeless(condition):
            return False
    elif getattr(condition, "document", None) == _NO_DOCUMENT:
        return False
    return condition


def _is_hopeless(condition: Any) -> bool:
    """Whether it compares with what the subject does not have, so that it holds of no row."""
    match condition:
        case False_():
            return True
        case Grouping():
            return _is_hopeless(condition.element)
        case AsBoolean() if condition.operator is is_true:
            return _is_hopeless(condition.element)
        case BooleanClauseList():
            hopeless = [_is_hopeless(each) for each in condition.clauses]
            if condition.operator is and_operator:
                return any(hopeless)
            return condition.operator is or_operator and all(hopeless)
        case BinaryExpression() if condition.operator is eq:
            return any(getattr(each, "is_absent", False) for each in condition.get_children())
        case Exists():
            inner = [each for each in visitors.iterate(condition) if isinstance(each, Select)]
            return inner[0].whereclause is not None and _is_hopeless(inner[0].whereclause)
    return False


def _is_condition(found: Any) -> bool:
    return isinstance(found, bool | ColumnElement) or hasattr(found, "document")


def _is_personal(condition: Condition) -> bool:
    """Whether it asks who it is; of the filter of a document nobody knows."""
    if isinstance(condition, ColumnElement):
        return any(isinstance(each, _Bound) for each in visitors.iterate(condition))
    return not isinstance(condition, bool)


def _asked_of(condition: Any, entity: Entity) -> frozenset[str]:
    """The attributes of the model's own that a condition asks for."""
    if isinstance(condition, bool):
        return frozenset()
    if isinstance(entity, MappedEntity):
        return asked_of(condition, entity)
    columns = {*_names(condition.document)}
    return frozenset(name for name, each in entity.properties.items() if each.column in columns)


def _names(document: Any) -> Iterator[str]:
    for name, value in document.items():
        if name.startswith("$"):
            for each in value:
                yield from _names(each)
        else:
            yield name
