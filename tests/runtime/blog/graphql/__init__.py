from __future__ import annotations

from terapin.runtime.core.graphql.schema import Schema

from .extensions import Query

schema = Schema(query=Query)
