from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model import (
    DATABASE,
    Access,
    Change,
    DataSource,
    FieldType,
    Priority,
    ServiceModel,
    SourceKind,
    Task,
)
from ...model.tasks import DEFAULT
from ...project.plan import Project
from ..types import SPELLINGS, types_of
from .requirements import FLOWER, development_requirements, requirements

# Modules without type hints, or not installed, that core's `domain_types` imports where they are used.
_UNTYPED = ("colour", "furl", "phonenumbers", "sqlalchemy_utils")


@dataclass(frozen=True, slots=True)
class EntityView:
    name: str
    path: str
    module: str
    source: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """`server` is what it is called in `compose.yaml`, where `password` is a variable that is to be set,
    `secret` what stands for its value, and `url` the server's with it. `example` is a URL as somebody may have one;
    `development` is what `dev` starts; `kept` is false where it may lose everything at any time.
    """

    name: str
    kind: str
    variable: str
    example: str
    server: str
    password: str
    secret: str
    url: str
    development: str
    kept: bool


@dataclass(frozen=True, slots=True)
class CacheView:
    """`source` is None for one in the memory of each process."""

    name: str
    source: str | None
    variable: str


@dataclass(frozen=True, slots=True)
class TaskView:
    name: str
    queue: str
    pool: str
    when: str
    module: str


@dataclass(frozen=True, slots=True)
class WorkingView:
    """What tasks need beside the service. Passwords are as those of a source; `pools` are of workers."""

    tasks: tuple[TaskView, ...]
    pools: tuple[str, ...]
    scheduled: bool
    broker_variable: str
    broker_url: str
    broker_example: str
    broker_password: str
    broker_secret: str
    results_variable: str
    results_url: str
    results_example: str
    results_password: str
    results_secret: str
    flower_requirement: str
    flower_variable: str
    flower_secret: str


@dataclass(frozen=True, slots=True)
class AccessView:
    """`variable` is of the secret by which tokens are verified, `given` what stands for it in `compose.yaml`: None where
    their issuer publishes keys.
    """

    issuer: str
    variable: str | None
    given: str | None
    accounts: bool


@dataclass(frozen=True, slots=True)
class SkeletonView:
    """`untyped` are modules that mypy is to take as they are.

    `unguarded` is the variable that says that everybody may do everything, where the ontology says nothing of it, and
    `opened` what stands for it in `compose.yaml`.
    `packaged` are the directories beside the package that go with it where it is installed.
    `migrated` is what `migrate` brings up to date, and `started` what `dev` starts, in words: None for nothing.
    """

    package: str
    distribution: str
    prefix: str
    name: str
    version: str
    description: str
    requirements: tuple[str, ...]
    development: tuple[str, ...]
    untyped: tuple[str, ...]
    entities: tuple[EntityView, ...]
    sources: tuple[SourceView, ...]
    volumes: tuple[str, ...]
    caches: tuple[CacheView, ...]
    documents: bool
    database: bool
    packaged: tuple[str, ...]
    migrated: str | None
    started: str | None
    handlers: bool
    graphql: bool
    working: WorkingView | None
    access: AccessView | None
    channels: tuple[tuple[str, str], ...]
    permissions: bool
    unguarded: str | None
    opened: str | None
    yours: str | None


def skeleton_view(project: Project) -> SkeletonView:
    model = project.model
    unguarded = _unguarded(project)
    sources = tuple(_source(project, each) for each in model.data_sources)
    return SkeletonView(
        package=project.package,
        distribution=project.distribution,
        prefix=project.prefix,
        name=_line(model.name),
        version=model.version,
        description=_line(model.description or model.name),
        requirements=requirements(model),
        development=development_requirements(model),
        untyped=_untyped(model),
        entities=tuple(
            EntityView(
                entity.class_name, f"/{entity.table}", entity.module, entity.data_source or DATABASE
            )
            for entity in model.entities.values()
        ),
        sources=sources,
        volumes=(
            *(each.server for each in sources if each.kept),
            *(("broker",) if model.tasks else ()),
        ),
        caches=tuple(
            CacheView(cache.name, cache.source, f"{project.prefix}{cache.name.upper()}_TTL")
            for cache in model.caches
        ),
        documents=bool(model.documents),
        database=model.database is not None,
        packaged=_packaged(model),
        migrated=_migrated(model),
        started=_started(model, sources),
        handlers=bool(model.endpoints or model.tasks or model.messages),
        graphql=model.graphql is not None,
        working=_working(project) if model.tasks else None,
        access=_access(project, model.access) if model.access else None,
        channels=tuple((channel.path, channel.module) for channel in model.channels),
        permissions=model.has_permissions,
        unguarded=unguarded,
        opened=f"${{{unguarded}:?say true if everybody may do everything}}" if unguarded else None,
        yours=_yours(project),
    )


def _packaged(model: ServiceModel) -> tuple[str, ...]:
    parts = {"migrations": model.database, "clients": model.channels}
    return tuple(name for name, part in parts.items() if part)


def _unguarded(project: Project) -> str | None:
    """Without entities there is nothing of which it could be said."""
    model = project.model
    return None if model.has_permissions or not model.entities else f"{project.prefix}OPEN_TO_ALL"


def _access(project: Project, access: Access) -> AccessView:
    variable = None if access.jwks else f"{project.prefix}SECURITY_SECRET"
    given = f"${{{variable}:?set a secret}}" if variable else None
    return AccessView(_line(access.issuer), variable, given, access.accounts)


# What each kind is called, and what `dev` starts for it.
_KINDS = {
    SourceKind.POSTGRESQL: ("PostgreSQL", "PostgreSQL"),
    SourceKind.MONGODB: ("MongoDB", "SecantusDB"),
    SourceKind.REDIS: ("Redis", "Valkey"),
}
# What else is called so in compose.yaml.
_TAKEN = (
    "beat",
    "broker",
    "flower",
    "migrate",
    "postgres",
    "relay",
    "results",
    "service",
    "worker",
)


def _source(project: Project, source: DataSource) -> SourceView:
    kind, development = _KINDS[source.kind]
    server = _server(source.name)
    password = f"{server.replace('-', '_')}_password".upper()
    secret = f"${{{password}:?set a password}}"
    return SourceView(
        name=source.name,
        kind=kind,
        variable=f"{project.prefix}{source.name.upper()}_URL",
        example=_url(source.kind, project.package, "...", "127.0.0.1"),
        server=server,
        password=password,
        secret=secret,
        url=_url(source.kind, project.package, secret, server),
        development=development,
        kept=source.kind is not SourceKind.REDIS or not source.made,
    )


def _url(kind: SourceKind, user: str, secret: str, host: str) -> str:
    match kind:
        case SourceKind.POSTGRESQL:
            return f"postgresql://{user}:{secret}@{host}/{user}"
        case SourceKind.MONGODB:
            return f"mongodb://{user}:{secret}@{host}:27017"
        case SourceKind.REDIS:
            return f"redis://:{secret}@{host}:6379/0"


def _server(name: str) -> str:
    if name == DATABASE:
        return "postgres"
    return f"{name}_source" if name in _TAKEN else name.replace("_", "-")


def _migrated(model: ServiceModel) -> str | None:
    parts = {"tables": model.database, "collections": model.documents}
    return _listed([name for name, there in parts.items() if there])


def _started(model: ServiceModel, sources: Sequence[SourceView]) -> str | None:
    servers = [f"a {each.development}" for each in sources]
    if model.tasks:
        servers.append(f"a {_KINDS[SourceKind.REDIS][1]}")
    return _listed([*dict.fromkeys(servers)])


def _working(project: Project) -> WorkingView:
    tasks, prefix = project.model.tasks, f"{project.prefix}TASKS_"
    broker, results, flower = (f"${{{name}_PASSWORD:?set a password}}" for name in _BROKERS)
    return WorkingView(
        tasks=tuple(_task(project.model, task) for task in tasks),
        pools=tuple(sorted({task.pool or DEFAULT for task in tasks})),
        scheduled=any(task.schedule or task.every for task in tasks),
        broker_variable=f"{prefix}BROKER_URL",
        broker_url=f"amqp://{project.package}:{broker}@broker:5672/",
        broker_example=f"amqp://{project.package}:...@127.0.0.1:5672/",
        broker_password="BROKER_PASSWORD",  # noqa: S106 a name
        broker_secret=broker,
        results_variable=f"{prefix}RESULTS_URL",
        results_url=_url(SourceKind.REDIS, project.package, results, "results"),
        results_example=_url(SourceKind.REDIS, project.package, "...", "127.0.0.1"),
        results_password="RESULTS_PASSWORD",  # noqa: S106 a name
        results_secret=results,
        flower_requirement=FLOWER,
        flower_variable=f"{prefix}FLOWER_PASSWORD",
        flower_secret=flower,
    )


# Of which compose.yaml takes a password each.
_BROKERS = ("BROKER", "RESULTS", "FLOWER")


def _task(model: ServiceModel, task: Task) -> TaskView:
    when = {Change.CREATE: "made", Change.UPDATE: "changed", Change.DELETE: "deleted"}
    said = [
        f"a {model.entities[each.entity].class_name} is {when[each.change]}"
        for each in task.triggers
    ]
    if task.schedule:
        said.append(f"`{task.schedule}`")
    if task.every:
        said.append(f"every {task.every:f} seconds")
    if task.exposed:
        said.append(f"`POST /tasks/{task.name}`")
    priority = f".{task.priority}" if task.priority not in (None, Priority.NORMAL) else ""
    return TaskView(
        name=task.name,
        queue=f"{task.queue or DEFAULT}{priority}",
        pool=task.pool or DEFAULT,
        when=", ".join(said),
        module=task.module,
    )


def _yours(project: Project) -> str | None:
    model = project.model
    parts = {
        "services/": model.entities,
        "handlers/": model.endpoints or model.tasks or model.messages,
        "graphql/types/": model.graphql,
        "graphql/extensions.py": model.graphql,
        "accounts.py": model.has_accounts,
        "extensions.py": True,
    }
    return _listed([f"`{project.package}/{name}`" for name, there in parts.items() if there])


def _listed(parts: Sequence[str]) -> str | None:
    if not parts:
        return None
    *front, last = parts
    return f"{', '.join(front)} and {last}" if front else last


def _line(text: str) -> str:
    """Neither a package's summary nor a heading can have several, nor what a reader does not see."""
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def _untyped(model: ServiceModel) -> tuple[str, ...]:
    types = types_of(model)
    untyped = {"msgpack"} if model.caches else set()
    if model.tasks:
        untyped.update(("billiard", "celery"))
    if any(SPELLINGS[type_].domain for type_ in types):
        untyped.update(_UNTYPED)
    elif FieldType.EMAIL in types:
        untyped.add("sqlalchemy_utils")
    return tuple(sorted(untyped))
