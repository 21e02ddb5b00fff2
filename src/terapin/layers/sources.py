"""The data sources that a service has, as layers ask for them."""

from __future__ import annotations

from ..model import ServiceModel, SourceKind


def has_source(model: ServiceModel, kind: SourceKind) -> bool:
    return any(source.kind is kind for source in model.data_sources)


def speaks_redis(model: ServiceModel) -> bool:
    """Core's caching knows Redis even where every cache is in memory."""
    return bool(model.caches) or has_source(model, SourceKind.REDIS)
