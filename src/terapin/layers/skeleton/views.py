from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model import DATABASE, DataSource, FieldType, ServiceModel, SourceKind
from ...project.plan import Project
from ..types import SPELLINGS, types_of
from .requirements import development_requirements, requirements

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
class SkeletonView:
    """`untyped` are modules that mypy is to take as they are.

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
    migrated: str | None
    started: str | None
    handlers: bool
    graphql: bool
    yours: str | None


def skeleton_view(project: Project) -> SkeletonView:
    model = project.model
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
        volumes=tuple(each.server for each in sources if each.kept),
        caches=tuple(
            CacheView(cache.name, cache.source, f"{project.prefix}{cache.name.upper()}_TTL")
            for cache in model.caches
        ),
        documents=bool(model.documents),
        database=model.database is not None,
        migrated=_migrated(model),
        started=_listed([*dict.fromkeys(f"a {each.development}" for each in sources)]),
        handlers=bool(model.endpoints),
        graphql=model.graphql is not None,
        yours=_yours(project),
    )


# What each kind is called, and what `dev` starts for it.
_KINDS = {
    SourceKind.POSTGRESQL: ("PostgreSQL", "PostgreSQL"),
    SourceKind.MONGODB: ("MongoDB", "SecantusDB"),
    SourceKind.REDIS: ("Redis", "Valkey"),
}
# What else is called so in compose.yaml.
_TAKEN = ("migrate", "postgres", "service")


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


def _yours(project: Project) -> str | None:
    model = project.model
    parts = {
        "services/": model.entities,
        "handlers/": model.endpoints,
        "graphql/types/": model.graphql,
        "graphql/extensions.py": model.graphql,
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
    caching = ("msgpack",) if model.caches else ()
    if any(SPELLINGS[type_].domain for type_ in types):
        return tuple(sorted((*_UNTYPED, *caching)))
    return (*caching, *(("sqlalchemy_utils",) if FieldType.EMAIL in types else ()))
