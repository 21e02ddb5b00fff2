"""POST /graphql, and in development GraphiQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from ..database_errors import DatabaseErrors
from ..resource import Resources
from . import limits
from .documents import Document, Documents, known_documents
from .errors import RefusedError, failures, refusal
from .execution import answer, execute
from .graphiql import add_graphiql
from .requests import Asked, asked, content_type_is_json, media_type, response
from .schema import Schema, core_schema
from .settings import GraphqlSettings

PATH = "/graphql"


class GraphQL:
    """The GraphQL of an application, at `app.state.graphql`."""

    def __init__(
        self,
        schema: Schema,
        settings: GraphqlSettings,
        resources: Resources,
        *,
        development: bool = False,
    ) -> None:
        self.schema = schema
        self.settings = settings
        self.errors = DatabaseErrors(resources)
        self.development = development
        introspection = settings.introspection
        self.documents = Documents(
            core_schema(schema),
            max_tokens=settings.max_tokens,
            introspection=development if introspection is None else introspection,
            suggestions=development,
            known=known_documents(schema.documents),
            only_known=settings.trusted_documents,
        )

    async def handle(self, request: Request) -> Response:
        content_type_is_json(request)
        accepted = media_type(request)
        operations, batch = asked(await request.body(), self.settings.max_batch)
        answers = [await self.answer(each, request) for each in operations]
        return response(answers, batch=batch, media_type=accepted)

    async def answer(self, asked: Asked, request: Request) -> Mapping[str, Any]:
        try:
            document, operation = self.prepared(asked)
        except RefusedError as error:
            return {"errors": refusal(error, suggestions=self.development)}
        result = await execute(self.schema, document, operation, asked, request, self.errors)
        errors = failures(result.errors or (), self.errors, suggestions=self.development)
        return answer(result, errors)

    def prepared(self, asked: Asked) -> tuple[Document, Any]:
        """A document that may be executed, and its operation. Raises RefusedError."""
        document = self.documents.document(self.documents.text(asked.query, asked.digest))
        operation = document.operation(asked.operation_name)
        limits.check(core_schema(self.schema), document, operation, asked.variables, self.settings)
        return document, operation


def install_graphql(app: FastAPI, schema: Schema) -> None:
    settings = app.state.settings
    graphql = GraphQL(
        schema,
        settings.graphql,
        app.state.resources,
        development=settings.environment == "development",
    )
    app.state.graphql = graphql
    router = APIRouter(tags=["graphql"])
    router.add_api_route(PATH, graphql.handle, methods=["POST"], include_in_schema=False)
    if graphql.development:
        add_graphiql(router, PATH)
    app.include_router(router)
