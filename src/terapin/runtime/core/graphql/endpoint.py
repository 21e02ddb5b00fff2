"""/graphql by POST and GET, and in development GraphiQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from graphql import OperationType

from ..database_errors import DatabaseErrors
from ..errors import Problem
from ..resource import Resources
from . import limits
from .documents import Document, Documents, known_documents
from .errors import RefusedError, failures, refusal, refused
from .execution import answer, execute
from .graphiql import add_graphiql
from .requests import Asked, asked, asked_by_url, content_type_is_json, media_type, response
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
        self.resources = resources
        self.errors = DatabaseErrors(resources)
        self.development = development
        # What a browser is shown.
        self.page: str | None = None
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

    async def read(self, request: Request) -> Response:
        """By GET: a query, or the page for browsers where nothing is asked."""
        if self.page is not None and not request.url.query:
            return HTMLResponse(self.page)
        accepted = media_type(request)
        operation = asked_by_url(request.scope["query_string"])
        answer = await self.answer(operation, request)
        return response([answer], batch=False, media_type=accepted)

    async def answer(self, asked: Asked, request: Request) -> Mapping[str, Any]:
        try:
            document, operation = self.prepared(asked)
        except RefusedError as error:
            return {"errors": refusal(error, suggestions=self.development)}
        result = await execute(self.schema, document, operation, asked, request, self.errors)
        errors = failures(result.errors or (), self.errors, suggestions=self.development)
        return answer(result, errors)

    def prepared(self, asked: Asked) -> tuple[Document, Any]:
        """A document that may be executed, and its operation. Raises RefusedError and Problem."""
        document = self.documents.document(self.documents.text(asked.query, asked.digest))
        operation = document.operation(asked.operation_name)
        is_told = operation.operation is OperationType.SUBSCRIPTION
        if is_told is not asked.is_told:
            where = "WebSockets" if is_told else "requests"
            raise refused("BAD_REQUEST", f"a {operation.operation.value} comes by {where}")
        if asked.only_reads and operation.operation is not OperationType.QUERY:
            raise Problem("GET only reads", status=405, headers={"Allow": "POST"})
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
    router.add_api_route(PATH, graphql.read, methods=["GET"], include_in_schema=False)
    if graphql.development:
        graphql.page = add_graphiql(router, PATH)
    app.include_router(router)
