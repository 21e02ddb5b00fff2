"""How much GraphQL an operation may be."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class GraphqlSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    max_depth: int = Field(default=10, ge=1, description="Fields within fields")
    max_aliases: int = Field(default=15, ge=0)
    max_tokens: int = Field(default=1_000, ge=1)
    max_cost: int = Field(default=5_000, ge=1, description="Objects in an answer, at most")
    max_subscriptions: int = Field(default=20, ge=1, description="Of one socket")
    max_batch: int = Field(default=5, ge=1, description="Operations in a request")
    trusted_documents: bool = Field(
        default=False, description="Answer only documents that the service knows"
    )
    introspection: bool | None = Field(default=None, description="By default in development only")
