from __future__ import annotations

from terapin.runtime.core.graphql.schema import Schema

from .extensions import Mutation, Query

schema = Schema(query=Query, mutation=Mutation)
