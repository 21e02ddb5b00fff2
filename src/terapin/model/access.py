"""Who is let in, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Whose tokens a service takes: their keys are at `jwks`, or without it a secret of the settings.

    `algorithms` are empty where the ontology leaves them open. With `accounts` the service issues them itself, and `subject`
    is then the IRI of the entity that they name, if there is one.
    """

    issuer: str
    audience: str
    jwks: str | None = None
    algorithms: tuple[str, ...] = ()
    accounts: bool = False
    subject: str | None = None


class Operation(StrEnum):
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Who(StrEnum):
    """Those that one rule lets do something; of a condition, everybody where it holds."""

    PUBLIC = "public"
    AUTHENTICATED = "authenticated"
    OWNER = "owner"
    TENANT = "tenant"
    ROLE = "role"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`path` are attributes: to-one relationships, and the field of the last one's target that is compared.

    It is compared with the subject for an owner, with its tenant for a tenant, and with any of `values` for a condition.
    """

    who: Who
    role: str | None = None
    path: tuple[str, ...] = ()
    values: tuple[str | int | bool, ...] = ()


# Any of them is enough; without one it is for nobody.
Rules = tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Of an entity: the service's default where it says nothing itself."""

    read: Rules = ()
    create: Rules = ()
    update: Rules = ()
    delete: Rules = ()


def is_public(rules: Rules) -> bool:
    return any(each.who is Who.PUBLIC for each in rules)
