"""Tasks by HTTP: those that are exposed are sent by POST, and their runs can be looked at and cancelled.

What somebody has sent is theirs alone. What nobody known has sent is for all who may send it, if they know its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import bodies, idempotency, wire
from ..database import Database, Session
from ..errors import Anonymous, Conflict, Forbidden, NotFound
from ..idempotency import TableLedger
from .declared import Json, Task, Tasks
from .ledger import Ledger
from .results import Results
from .table import State, runs

PATH = "/tasks"
# What is no UUID may be the name of a task, whose path is another one.
_RUN = "/{id:uuid}"


class ProgressRead(BaseModel):
    """What the task says of how far it is."""

    done: int | float
    total: int | float | None
    note: str


class RunRead(BaseModel):
    """A task that was sent."""

    id: UUID
    name: str
    state: Literal["waiting", "running", "succeeded", "failed", "dead", "cancelled"]
    attempts: int
    error: str | None
    created_at: wire.DateTime
    due_at: wire.DateTime
    started_at: wire.DateTime | None
    ended_at: wire.DateTime | None
    progress: ProgressRead | None = None
    result: Any = None


_READ = select(*(runs.c[name] for name in RunRead.model_fields if name in runs.c), runs.c.sender)


def install_tasks(app: FastAPI, tasks: Tasks) -> None:
    exposed = {task.name: task for task in tasks if task.exposed}
    if not exposed:
        return
    router = APIRouter(prefix=PATH, tags=["tasks"])
    for task in exposed.values():
        _add_sending(router, task)
    reading = _Runs(exposed)
    router.add_api_route(
        _RUN, reading.get, methods=["GET"], operation_id="get_task", summary="Look at a task"
    )
    router.add_api_route(
        f"{_RUN}/cancel",
        reading.cancel,
        methods=["POST"],
        operation_id="cancel_task",
        summary="Cancel a task",
        responses={409: {"description": "It has ended"}},
    )
    app.include_router(router)


def _add_sending(router: APIRouter, task: Task[Any]) -> None:
    async def send(request: Request, session: Session) -> Response:
        _admit(request, task)
        parameters = await bodies.read_body(request, task.model, bodies.JSON)

        async def work() -> Response:
            sent = await replace(task.sending(parameters), sender=_sender(request)).enqueue()
            content = await _status(session, sent.id)
            base = (request.app.state.settings.public_base or "").rstrip("/")
            return Response(
                RunRead.model_validate(content).model_dump_json(),
                202,
                {"Location": f"{base}{PATH}/{sent.id}"},
                media_type=bodies.JSON,
            )

        def ledger(principal: str, key: str) -> TableLedger:
            return TableLedger(session, principal, key)

        return await idempotency.once(request, ledger, work)

    router.add_api_route(
        f"/{task.name}",
        send,
        methods=["POST"],
        operation_id=f"send_{task.name}",
        status_code=202,
        summary=task.description.partition("\n")[0] or None,
        description=task.description,
        response_model=RunRead,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {bodies.JSON: {"schema": _schema(task)}},
            }
        },
    )


def _admit(request: Request, *tasks: Task[Any]) -> None:
    """Who may send one of them. Where nobody asks, everything is allowed."""
    subject = request.scope.get("subject")
    if subject is not None and not any(task.is_for(subject) for task in tasks):
        raise Anonymous if subject.is_anonymous else Forbidden


def _sender(request: Request) -> str | None:
    subject = request.scope.get("subject")
    return None if subject is None or subject.is_anonymous else str(subject.principal)


class _Runs:
    def __init__(self, tasks: Mapping[str, Task[Any]]) -> None:
        self._tasks = tasks

    async def get(self, request: Request, session: Session, id: UUID) -> RunRead:
        status = await self._seen(request, session, id)
        results: Results = request.app.state.task_results
        return RunRead.model_validate({**status, **await results.read(id)})

    async def cancel(self, request: Request, session: Session, id: UUID) -> RunRead:
        status = await self._seen(request, session, id)
        database: Database = request.app.state.sources.named("database")
        was = await Ledger(database).cancel(id)
        if was is None:
            raise Conflict(f"it has ended: {status['state']}")
        if was is State.RUNNING:
            await request.app.state.task_results.end(id)
        return await self.get(request, session, id)

    async def _seen(self, request: Request, session: AsyncSession, id_: UUID) -> Json:
        _admit(request, *self._tasks.values())
        status = await _status(session, id_)
        task = self._tasks.get(status["name"]) if status else None
        if status is None or task is None:
            raise NotFound
        subject, sender = request.scope.get("subject"), status["sender"]
        if subject is not None:
            is_theirs = task.is_for(subject) if sender is None else sender == _sender(request)
            if not is_theirs:
                raise NotFound
        return status


async def _status(session: AsyncSession, id_: UUID) -> Json | None:
    row = (await session.execute(_READ.where(runs.c.id == id_))).first()
    return None if row is None else dict(row._mapping)


def _schema(task: Task[Any]) -> Json:
    """Of the parameters, with what it refers to in its place: the document's components are not ours."""
    schema = task.model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return inlined(definitions[part["$ref"].rpartition("/")[2]])
        return {name: inlined(each) for name, each in part.items()}

    described: Json = inlined(schema)
    return described
