from __future__ import annotations

from pathlib import Path

from ..core.graphql.schema import Schema
from .extensions import Mutation, Query
from .subscriptions import Subscription

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    documents=Path(__file__).with_name("documents"),
)
