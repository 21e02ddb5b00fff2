"""Gives every part of an ontology its names: those that are stated, those that are pinned, and new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from terapin.model import DATABASE, JoinTable, Kind, reserved
from terapin.model import naming as make
from terapin.model.names import Claim, Names, Register
from terapin.model.sources import CACHE_STORE, SourceKind

from .connections import default_database
from .exposure import LAYER, Exposure
from .links import Link
from .placement import Placement
from .statements import EntityStatement, FieldStatement, Statements, TaskStatement, value_of

# The database that is called after the service.
_OWN = "own"
# What the settings of tasks are called, and those of channels and of tokens.
_TASKS = "tasks"
_REALTIME = "realtime"
_ACCOUNTS = "accounts"
_SECURITY = "security"


@dataclass(frozen=True, slots=True)
class EntityNames:
    class_name: str
    module: str
    variable: str
    table: str


@dataclass(frozen=True, slots=True)
class FieldNames:
    attribute: str
    column: str


@dataclass(frozen=True, slots=True)
class EndNames:
    name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class KeyNames:
    """A foreign key: `field` is its declaration, if it has one."""

    name: str
    attribute: str
    column: str
    field: FieldStatement | None


@dataclass(frozen=True, slots=True)
class RootNames:
    """Of the fields that GraphQL has for an entity at its root."""

    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Naming:
    """Entities, relationships, sources and caches by IRI, fields by identity; the source that is made for caches has
    the identity `CACHE_STORE`. Of the sources on MongoDB that name no database, all but one are `apart` from the
    service's own. `names` is what is to be pinned.
    """

    entities: Mapping[str, EntityNames]
    fields: Mapping[str, FieldNames]
    forward: Mapping[str, EndNames]
    backward: Mapping[str, EndNames]
    keys: Mapping[str, KeyNames]
    join_tables: Mapping[str, JoinTable]
    operations: Mapping[str, str]
    tasks: Mapping[str, str]
    messages: Mapping[str, str]
    channels: Mapping[str, str]
    sources: Mapping[str, str]
    caches: Mapping[str, str]
    roots: Mapping[str, RootNames]
    apart: frozenset[str]
    names: Names


def name_everything(
    statements: Statements,
    links: Sequence[Link],
    placement: Placement,
    exposure: Exposure,
    pinned: Names,
) -> Naming:
    """Names for all that has the names it needs to begin with: a link without a forward name gets none."""
    named = [each for each in links if each.forward_name]
    return _Namer(statements, named, placement, exposure, pinned).naming()


class _Namer:
    """Gives the names of one kind after another; the scopes keep those of a kind apart.

    `members` are the names and attributes of an entity's fields and relationships.
    """

    def __init__(
        self,
        statements: Statements,
        links: Sequence[Link],
        placement: Placement,
        exposure: Exposure,
        pinned: Names,
    ) -> None:
        self.statements = statements
        self.links = links
        self.placement = placement
        self.exposure = exposure
        self.register = Register(pinned)
        self.members: dict[str, set[str]] = {iri: set() for iri in statements.entities}
        self.columns: dict[str, set[str]] = {
            iri: {*reserved.COLUMNS, *(reserved.KEYS if iri in placement.documents else ())}
            for iri in statements.entities
        }
        self.fields: dict[str, FieldNames] = {}

    def naming(self) -> Naming:
        """What is stated comes before what is made of it, and gives way to nothing."""
        entities = self.entities()
        for entity in self.statements.entities.values():
            for name in entity.scalars:
                self.field(entity.iri, name)
        forward = {each.iri: self.end(each, "attribute", each.forward_name) for each in self.links}
        backward = {
            each.iri: self.end(each, "inverse_attribute", each.backward_name)
            for each in self.links
            if each.backward_name
        }
        keys = self.keys(entities)
        for each in self.links:
            if each.iri not in backward:
                backward[each.iri] = self.inverse(each, _inverse_names(each, entities, keys))
        sources, caches = self.settings()
        return Naming(
            entities=entities,
            fields=self.fields,
            forward=forward,
            backward=backward,
            keys=keys,
            join_tables=self.join_tables(entities),
            operations=self.operations(),
            tasks=self.tasks(),
            messages=self.messages(),
            channels=self.channels(),
            sources=sources,
            caches=caches,
            roots=self.roots(),
            apart=self.apart(sources),
            names=self.register.names(),
        )

    def entities(self) -> dict[str, EntityNames]:
        """Tables of entities and of relationships are one scope, so all of them are named here."""
        entities = self.statements.entities
        joining = [each for each in self.links if not each.has_key]
        self.register.give("class", map(_class_claim, entities.values()), set(), "{}{}".format)
        stems = {iri: self.stem(each) for iri, each in entities.items()}
        modules = {iri: make.module_name(stem) for iri, stem in stems.items()}
        self.made("module", modules)
        claims = [_table_claim(each, stems[iri]) for iri, each in entities.items()]
        claims += [_join_claim(each, self.name(each.source.iri, "module")) for each in joining]
        self.register.give("table", claims, set(reserved.TABLES))
        self.made(
            "variable", {iri: make.variable_name(self.name(iri, "table")) for iri in entities}
        )
        self.made(
            "variable",
            {each.iri: make.variable_name(self.name(each.iri, "table")) for each in joining},
        )
        return {
            iri: EntityNames(
                class_name=self.name(iri, "class"),
                module=self.name(iri, "module"),
                variable=self.name(iri, "variable"),
                table=self.name(iri, "table"),
            )
            for iri in entities
        }

    def made(self, role: str, names: Mapping[str, str]) -> None:
        """Gives names in a scope of their own."""
        claims = [Claim(identity, derived=[name]) for identity, name in names.items()]
        self.register.give(role, claims, set())

    def name(self, identity: str, role: str) -> str:
        return self.register.name(identity, role)

    def stem(self, entity: EntityStatement) -> str:
        """What the other names of an entity are made of: its name, or its class if that had to differ."""
        given = self.name(entity.iri, "class")
        stem = _stem(entity)
        return stem if make.class_name(stem) == given else given

    def field(self, entity: str, name: str) -> FieldNames:
        identity = f"{entity} {name}"
        given = self.fields.get(identity)
        if given is None:
            attribute = self.register.give_one(
                "attribute", identity, (make.attribute_name(name),), self.members[entity]
            )
            column = self.register.give_one(
                "column", identity, (make.column_name(name),), self.columns[entity]
            )
            given = self.fields[identity] = FieldNames(attribute, column)
            self.members[entity].add(name.casefold())
        return given

    def end(self, link: Link, role: str, name: str | None) -> EndNames:
        """`role` tells which end: `attribute` is the one on `source`."""
        name = name or ""
        entity = link.source if role == "attribute" else link.target
        members = self.members[entity.iri]
        attribute = self.register.give_one(role, link.iri, (make.attribute_name(name),), members)
        members.add(name.casefold())
        return EndNames(name, attribute)

    def inverse(self, link: Link, derived: Sequence[str]) -> EndNames:
        """The end on `target`, for which no name is stated."""
        members = self.members[link.target.iri]
        name = self.register.give_one("inverse", link.iri, derived, set(members))
        return self.end(link, "inverse_attribute", name)

    def keys(self, entities: Mapping[str, EntityNames]) -> dict[str, KeyNames]:
        """A declared field of the name that a foreign key would have is its field."""
        holding = [each for each in self.links if each.has_key]
        taken = {
            iri: self.members[iri] - {name.casefold() for name in entity.scalars}
            for iri, entity in self.statements.entities.items()
        }
        keys = {}
        for each in sorted(holding, key=lambda link: link.statement.foreign_key is None):
            holder = each.holder
            name = value_of(each.statement.foreign_key)
            if name is None:
                derived = _key_names(each, entities)
                name = self.register.give_one("foreign_key", each.iri, derived, taken[holder.iri])
            taken[holder.iri].add(name.casefold())
            names = self.field(holder.iri, name)
            declared = holder.scalars.get(name)
            keys[each.iri] = KeyNames(name, names.attribute, names.column, declared)
        return keys

    def join_tables(self, entities: Mapping[str, EntityNames]) -> dict[str, JoinTable]:
        return {
            each.iri: JoinTable(
                table=self.name(each.iri, "table"),
                variable=self.name(each.iri, "variable"),
                left=each.source.iri,
                left_column=self.join_column(each, "left_column", entities[each.source.iri]),
                right=each.target.iri,
                right_column=self.join_column(each, "right_column", entities[each.target.iri]),
            )
            for each in self.links
            if not each.has_key
        }

    def join_column(self, link: Link, role: str, entity: EntityNames) -> str:
        name = f"{_bare(entity.module)}_id"
        if role == "right_column" and link.source is link.target:
            name = f"other_{name}"
        return self.register.give_one(role, link.iri, (make.fit(name),), set())

    def operations(self) -> dict[str, str]:
        stated = {
            each.iri: value_of(each.operation_id) or make.local_name(each.iri)
            for each in self.statements.endpoints
        }
        self.made("operation", {iri: make.operation_name(name) for iri, name in stated.items()})
        return {iri: self.name(iri, "operation") for iri in stated}

    def tasks(self) -> dict[str, str]:
        """Of modules, with operations one scope: both have a handler. One that was renamed keeps what it was called."""
        claims = [_task_claim(each, self.register.pinned) for each in self.statements.tasks]
        taken = {self.name(each.iri, "operation") for each in self.statements.endpoints}
        self.register.give("task", claims, taken)
        return {each.iri: self.name(each.iri, "task") for each in self.statements.tasks}

    def messages(self) -> dict[str, str]:
        """Of modules, with tasks and operations one scope: all have a handler."""
        statements = self.statements
        taken = {self.name(each.iri, "operation") for each in statements.endpoints}
        taken |= {self.name(each.iri, "task") for each in statements.tasks}
        claims = [_claim(iri, make.message_name) for iri in statements.messages]
        self.register.give("message", claims, taken)
        return {iri: self.name(iri, "message") for iri in statements.messages}

    def channels(self) -> dict[str, str]:
        claims = [_claim(each.iri, make.channel_name) for each in self.statements.channels]
        self.register.give("channel", claims, set())
        return {each.iri: self.name(each.iri, "channel") for each in self.statements.channels}

    def roots(self) -> dict[str, RootNames]:
        """After the class, whatever the table is called; what is one and many by one name is a list."""
        shown = sorted(self.exposure.entities)
        stems = {iri: _bare(self.name(iri, "module")) for iri in shown}
        taken: set[str] = set()
        ones = [Claim(iri, derived=[stem]) for iri, stem in stems.items()]
        self.register.give("graphql_one", ones, taken, takes=make.root_fields)
        many = [
            Claim(iri, derived=[make.plural_name(stem), f"{stem}_list"])
            for iri, stem in stems.items()
        ]
        self.register.give("graphql_many", many, taken, takes=make.root_fields)
        return {
            iri: RootNames(self.name(iri, "graphql_one"), self.name(iri, "graphql_many"))
            for iri in shown
        }

    def settings(self) -> tuple[dict[str, str], dict[str, str]]:
        """Of sources and of caches, which are one scope: no two take the same variable of the environment."""
        database = self.placement.database
        sources = {
            iri: [make.setting_name(iri), f"{make.setting_name(iri)}_source"]
            for iri in self.statements.sources
            if not (database and database.iri == iri)
        }
        if self.placement.makes_store:
            sources[CACHE_STORE] = [CACHE_STORE, f"{CACHE_STORE}_source"]
        caches = {
            iri: [make.setting_name(iri), f"{make.setting_name(iri)}_cache"]
            for iri in self.statements.caches
        }
        kept = (self.register.pinned.get(iri, "cache") for iri in caches)
        taken = reserved.SETTINGS | make.variables(DATABASE)
        if self.exposure.entities:
            taken |= {LAYER}
        if self.statements.tasks:
            taken |= {_TASKS, *(f"{_TASKS}_{name}" for name in reserved.TASK_SETTINGS)}
        told = any(
            self.exposure.tells(each)
            for iri, each in self.statements.entities.items()
            if iri in self.exposure.entities
        )
        if self.statements.channels or told:
            taken |= {_REALTIME, *(f"{_REALTIME}_{name}" for name in reserved.REALTIME_SETTINGS)}
        if any(each.asks_for_tokens for each in self.statements.services):
            taken |= {_SECURITY, *(f"{_SECURITY}_{name}" for name in reserved.SECURITY_SETTINGS)}
        if any(each.has_accounts for each in self.statements.services):
            taken |= {_ACCOUNTS, *(f"{_ACCOUNTS}_{name}" for name in reserved.ACCOUNT_SETTINGS)}
        named = self.given("source", sources, taken.union(*map(make.variables, filter(None, kept))))
        taken = taken.union(*map(make.variables, named.values()))
        own = {database.iri: DATABASE} if database else {}
        return named | own, self.given("cache", caches, taken)

    def apart(self, named: Mapping[str, str]) -> frozenset[str]:
        """Which source has the service's own database stays, whatever others come."""
        unstated = {
            iri: Claim(iri, derived=[_OWN, named[iri]])
            for iri, source in self.statements.sources.items()
            if value_of(source.kind) is SourceKind.MONGODB and default_database(source) is None
        }
        known = [each for iri, each in unstated.items() if self.register.pinned.get(iri, "source")]
        taken: set[str] = set()
        for claims in (known, [each for each in unstated.values() if each not in known]):
            self.register.give("database", claims, taken)
        return frozenset(iri for iri in unstated if self.name(iri, "database") != _OWN)

    def given(
        self, role: str, derived: Mapping[str, Sequence[str]], taken: Iterable[str]
    ) -> dict[str, str]:
        """Names of settings."""
        claims = [Claim(identity, derived=names) for identity, names in derived.items()]
        self.register.give(role, claims, set(taken), takes=make.variables)
        return {identity: self.name(identity, role) for identity in derived}


def _bare(module: str) -> str:
    """Without the underscore that keeps a module from being a keyword: as a part of a name it is not needed."""
    return module.rstrip("_")


def _stem(entity: EntityStatement) -> str:
    return value_of(entity.class_name) or make.entity_stem(make.local_name(entity.iri))


def _class_claim(entity: EntityStatement) -> Claim:
    stem = _stem(entity)
    if entity.class_name:
        return Claim(entity.iri, stated=make.class_name(stem))
    qualified = make.class_name(f"{make.qualifier(entity.iri)} {stem}")
    return Claim(entity.iri, derived=[make.class_name(stem), qualified])


def _table_claim(entity: EntityStatement, stem: str) -> Claim:
    if entity.table_name:
        return Claim(entity.iri, stated=make.stated_table_name(entity.table_name.value))
    return Claim(entity.iri, derived=[make.table_name(stem)])


def _task_claim(task: TaskStatement, pinned: Names) -> Claim:
    if task.name:
        return Claim(task.iri, stated=make.task_name(task.name.value))
    stem = make.task_stem(make.local_name(task.iri))
    former = pinned.get(value_of(task.formerly) or "", "task")
    derived = [make.task_name(stem), make.task_name(f"{make.qualifier(task.iri)} {stem}")]
    return Claim(task.iri, derived=[former, *derived] if former else derived)


def _claim(iri: str, made: Callable[[str], str]) -> Claim:
    stem = make.local_name(iri)
    return Claim(iri, derived=[made(stem), made(f"{make.qualifier(iri)} {stem}")])


def _key_names(link: Link, entities: Mapping[str, EntityNames]) -> list[str]:
    if link.to_one_name:
        return [make.fit(f"{make.snake(link.to_one_name)}_id")]
    module = _bare(entities[link.referenced.iri].module)
    return [
        make.fit(f"{module}_id"),
        make.fit(f"{make.snake(link.forward_name or '')}_{module}_id"),
    ]


def _inverse_names(
    link: Link, entities: Mapping[str, EntityNames], keys: Mapping[str, KeyNames]
) -> list[str]:
    """To one, after the foreign key or else the class; to many, the plural of the class."""
    module = _bare(entities[link.source.iri].module)
    forward = make.snake(link.forward_name or "")
    if link.kind in (Kind.MANY_TO_ONE, Kind.MANY_TO_MANY):
        many = make.plural_name(module)
        return [many, f"{forward}_{many}"]
    key = make.snake(keys[link.iri].name).removesuffix("_id")
    return [key, module, f"{forward}_{module}"]


def _join_claim(link: Link, module: str) -> Claim:
    if link.statement.through:
        return Claim(link.iri, stated=make.stated_table_name(link.statement.through.value))
    name = f"{_bare(module)}_{make.snake(link.forward_name or '')}"
    return Claim(link.iri, derived=[make.fit(name)])
