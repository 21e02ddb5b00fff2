from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ...model import (
    DATABASE,
    Access,
    Cache,
    DataSource,
    Entity,
    FieldType,
    Graphql,
    ServiceModel,
    SourceKind,
    Task,
)
from ...model.naming import fit
from ...model.tasks import HARD_LIMIT
from ...project.plan import Project
from ..python import Imports, call, literal, unhidden


@dataclass(frozen=True, slots=True)
class PackageView:
    """`lifespan` are the arguments of core's, `security` is who finds out in whose name requests come."""

    imports: str
    package: str
    name: str
    version: str
    description: str
    lifespan: tuple[str, ...]
    security: str | None
    graphql: bool
    tasks: bool
    channels: bool
    subscriptions: bool
    tickets: bool
    accounts: bool


@dataclass(frozen=True, slots=True)
class AccountsView:
    """`row` makes the row of `entity` that belongs to an account; `unwritten` would, if its user said more."""

    imports: str
    entity: str | None = None
    row: str | None = None
    unwritten: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsView:
    """`example` is one of the variables; `fields` are in Python as they stand."""

    imports: str
    prefix: str
    example: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeclaredView:
    """What is declared, by name, and a tuple of all of it."""

    imports: str
    values: tuple[tuple[str, str], ...]
    together: str


# Of core: the class of a source, and that of its settings.
_CLASSES = {
    SourceKind.POSTGRESQL: ("database", "Database", "PostgresqlSettings"),
    SourceKind.MONGODB: ("sources.mongodb", "Mongodb", "MongodbSettings"),
    SourceKind.REDIS: ("sources.redis", "Redis", "RedisSettings"),
}
# What an ontology says of a source and of a cache goes under the same name into its settings.
_SOURCE_NUMBERS = (
    "pool_min",
    "pool_max",
    "acquire_timeout",
    "statement_timeout",
    "max_idle",
    "breaker_failures",
    "breaker_reset",
    "retry_attempts",
    "retry_min_wait",
    "retry_max_wait",
    "retry_multiplier",
)
_GRAPHQL_NUMBERS = ("max_depth", "max_aliases", "max_tokens", "max_cost")
_CACHE_NUMBERS = ("ttl", "stale_for", "negative_ttl", "local_ttl")


def package_view(project: Project) -> PackageView:
    model, imports = project.model, Imports()
    imports.name("__future__", "annotations")
    imports.name("fastapi", "FastAPI")
    imports.name("fastapi_offline", "FastAPIOffline")
    imports.name(".core.application", "install", "lifespan")
    imports.name(".core.routing", "include")
    imports.name(".endpoints", "resources", "routers")
    imports.name(".extensions", "extend")
    imports.name(".settings", "Settings")
    imports.name(".sources", "sources")
    if model.caches:
        imports.name(".caches", "caches")
    if model.graphql:
        imports.name(".core.graphql.endpoint", "install_graphql")
        imports.name(".graphql", "schema")
    if model.has_subscriptions:
        imports.name(".core.graphql.sockets", "install_subscriptions")
    if model.tasks:
        imports.name(".core.tasks.endpoint", "install_tasks")
        imports.name(".core.tasks.opened", "TaskLifespan")
        imports.name(".tasks", "tasks")
    if model.is_realtime:
        imports.name(".core.realtime.endpoint", "install_channels")
        imports.name(".channels", "realtime")
        if model.access:
            imports.name(".core.realtime.tickets", "install_tickets")
    if model.has_accounts:
        imports.name(".accounts", "accounts")
        imports.name(".core.accounts.endpoint", "install_accounts")
    security = _security(model, imports)
    return PackageView(
        imports=imports.render(),
        package=project.package,
        name=model.name,
        version=model.version,
        description=model.description or model.name,
        lifespan=(
            "settings",
            "sources",
            *(["caches"] if model.caches else []),
            *(["security=security"] if security else []),
            *(["tasks=TaskLifespan(tasks)"] if model.tasks else []),
            *(["realtime=realtime"] if model.is_realtime else []),
            *(["accounts=accounts"] if model.has_accounts else []),
        ),
        security=security,
        graphql=model.graphql is not None,
        tasks=bool(model.tasks),
        channels=model.is_realtime,
        subscriptions=model.has_subscriptions,
        tickets=model.access is not None,
        accounts=model.has_accounts,
    )


def _security(model: ServiceModel, imports: Imports) -> str | None:
    if model.access:
        imports.name(".core.security.authentication", "Security")
        return "Security(settings.security)"
    if model.has_permissions:
        imports.name(".core.security.strangers", "Strangers")
        return "Strangers()"
    return None


# What the module of accounts imports or defines.
_OF_ACCOUNTS = frozenset({"Account", "Accounts", "AsyncSession", "Mail", "NotWritten"})


def accounts_view(model: ServiceModel) -> AccountsView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name("sqlalchemy.ext.asyncio", "AsyncSession")
    imports.name(".core.accounts.declared", "Account", "Accounts")
    entity = model.entities.get(model.access.subject or "") if model.access else None
    if entity is None:
        return AccountsView(imports.render())
    given = dict(_of_account(entity))
    unknown = [
        field.attribute
        for field in entity.fields
        if (field.required or field.primary_key) and field.attribute not in given
    ]
    if unknown or entity.is_document:
        imports.name(".core.errors", "NotWritten")
        arguments = [
            *(f"{name}={value}" for name, value in given.items()),
            *(f"{name}=..." for name in unknown),
        ]
        return AccountsView(
            imports.render(), entity.class_name, unwritten=call(entity.class_name, arguments)
        )
    imported, name = unhidden(entity.class_name, _OF_ACCOUNTS)
    imports.name(".models", imported)
    arguments = [f"{attribute}={value}" for attribute, value in given.items()]
    return AccountsView(imports.render(), entity.class_name, row=call(name, arguments))


def _of_account(entity: Entity) -> Iterator[tuple[str, str]]:
    """What of a row follows from its account, by attribute."""
    keys = {FieldType.UUID: "account.id", FieldType.STRING: "str(account.id)"}
    if entity.key.type in keys and entity.key.foreign_key is None:
        yield entity.key.attribute, keys[entity.key.type]
    mails = [
        field for field in entity.fields if field.type is FieldType.EMAIL and not field.primary_key
    ]
    for field in [each for each in mails if each.required] or mails[:1]:
        yield field.attribute, "account.email"


def settings_view(project: Project) -> SettingsView:
    model, imports = project.model, Imports()
    imports.name("__future__", "annotations")
    imports.name("pydantic_settings", "SettingsConfigDict")
    imports.name(".core.settings", "ServiceSettings")
    sources = (_source_settings(each, project.package, imports) for each in model.data_sources)
    caches = (_cache_settings(each, imports) for each in model.caches)
    base = [f"public_base: str | None = {literal(model.base_iri)}"] if model.base_iri else []
    graphql = [_graphql_settings(model.graphql, imports)] if model.graphql else []
    tasks = [_task_settings(model.tasks, imports)] if model.tasks else []
    access = [_security_settings(model.access, imports)] if model.access else []
    if model.is_realtime:
        imports.name(".core.realtime.settings", "RealtimeSettings")
    realtime = ["realtime: RealtimeSettings = RealtimeSettings()"] if model.is_realtime else []
    if model.has_accounts:
        imports.name(".core.accounts.settings", "AccountsSettings")
        access.append("accounts: AccountsSettings = AccountsSettings()")
    fields = (*base, *filter(None, sources), *caches, *access, *graphql, *tasks, *realtime)
    example = next((f"{source.name}_url" for source in model.data_sources), "log_level")
    return SettingsView(
        imports.render(), project.prefix, f"{project.prefix}{example.upper()}", fields
    )


def _source_settings(source: DataSource, package: str, imports: Imports) -> str | None:
    """None of a database of which the ontology says nothing: every service has settings for one."""
    arguments = list(_source_arguments(source, package, imports))
    if source.name == DATABASE and not arguments:
        return None
    _, _, settings = _CLASSES[source.kind]
    imports.name(".core.settings", settings)
    return f"{source.name}: {settings} = {call(settings, arguments)}"


def _source_arguments(source: DataSource, package: str, imports: Imports) -> Iterator[str]:
    if source.url is not None:
        imports.name("pydantic", "SecretStr")
        yield f"url=SecretStr({literal(source.url)})"
    if source.kind is SourceKind.MONGODB:
        own = fit(f"{package}_{source.name}") if source.apart else package
        yield f"database={literal(source.database or own)}"
    yield from _stated(source, _SOURCE_NUMBERS)


def _cache_settings(cache: Cache, imports: Imports) -> str:
    imports.name(".core.settings", "CacheSettings")
    arguments = [f"namespace={literal(cache.namespace)}"] if cache.namespace else []
    arguments += _stated(cache, _CACHE_NUMBERS)
    return f"{cache.name}: CacheSettings = {call('CacheSettings', arguments)}"


def _graphql_settings(graphql: Graphql, imports: Imports) -> str:
    imports.name(".core.graphql.settings", "GraphqlSettings")
    arguments = [*_stated(graphql, _GRAPHQL_NUMBERS)]
    if graphql.trusted_documents is not None:
        arguments.append(f"trusted_documents={graphql.trusted_documents}")
    return f"graphql: GraphqlSettings = {call('GraphqlSettings', arguments)}"


def _security_settings(access: Access, imports: Imports) -> str:
    imports.name(".core.security.settings", "SecuritySettings")
    arguments = [f"issuer={literal(access.issuer)}", f"audience={literal(access.audience)}"]
    if access.jwks is not None:
        arguments.append(f"jwks={literal(access.jwks)}")
    if access.algorithms:
        arguments.append(f"algorithms=({', '.join(map(literal, access.algorithms))},)")
    return f"security: SecuritySettings = {call('SecuritySettings', arguments)}"


def _task_settings(tasks: Iterable[Task], imports: Imports) -> str:
    imports.name(".core.tasks.settings", "TaskSettings")
    longest = max(task.timeout or HARD_LIMIT for task in tasks)
    return f"tasks: TaskSettings = {call('TaskSettings', [f'longest={_number(longest)}'])}"


def _stated(described: DataSource | Cache | Graphql, names: Iterable[str]) -> Iterator[str]:
    values = {name: getattr(described, name) for name in names}
    return (f"{name}={_number(value)}" for name, value in values.items() if value is not None)


def _number(value: int | Decimal) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else f"{value}"


def sources_view(model: ServiceModel) -> DeclaredView:
    imports = Imports()
    imports.name("__future__", "annotations")
    values = []
    for source in model.data_sources:
        imports.name(".core.sources.declared", "Declared")
        module, class_name, _ = _CLASSES[source.kind]
        imports.name(f".core.{module}", class_name)
        values.append((source.name, call("Declared", [literal(source.name), class_name])))
    return DeclaredView(imports.render(), tuple(values), _together(values))


def caches_view(model: ServiceModel) -> DeclaredView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name(".core.caching.declared", "DeclaredCache")
    values = []
    for cache in model.caches:
        if cache.source is not None:
            imports.name(".sources", cache.source)
        arguments = [
            literal(cache.name),
            f"store={cache.source}",
            f"serializer={literal(cache.serializer.value)}",
        ]
        values.append((cache.name, call("DeclaredCache", arguments)))
    return DeclaredView(imports.render(), tuple(values), _together(values))


def _together(values: Iterable[tuple[str, str]]) -> str:
    names = [name for name, _ in values]
    return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"
