"""Messages to the broker, each confirmed by it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from celery import Celery
from redis.exceptions import ResponseError

from .declared import Task

# Tells a message of the relay, whose run has a row, from one of somebody else.
HEADER = "outbox"

Message = tuple[Task[Any], UUID, str, int]


class Publisher:
    """Used by one thread at a time."""

    def __init__(self, app: Celery, seconds: float) -> None:
        """`seconds` is for one message."""
        self._app = app
        self._seconds = seconds
        self._lock = Lock()
        self._producer: Any = None
        self._server: str | None = None
        # Whether the broker was found to be another one than before, without what that one held.
        self.has_forgotten = False

    def publish(self, messages: Iterable[Message]) -> tuple[list[UUID], Exception | None]:
        """What the broker has, and the error that prevented the rest."""
        sent: list[UUID] = []
        with self._lock:
            try:
                for message in messages:
                    self._send(message)
                    sent.append(message[1])
            except Exception as error:
                self._drop()
                return sent, error
        return sent, None

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _send(self, message: Message) -> None:
        """Over a connection that the broker may have closed meanwhile: then by another one."""
        is_fresh = self._producer is None
        try:
            self._send_by(self._producer or self._connected(), *message)
        except Exception:
            self._drop()
            if is_fresh:
                raise
            self._send_by(self._connected(), *message)

    def _connected(self) -> Any:
        # Nobody would be there to send heartbeats, and who gets no answer finds out in time.
        connection = self._app.connection_for_write(heartbeat=0)
        self._producer = self._app.amqp.Producer(connection, auto_declare=False)
        self._recognise(connection)
        return self._producer

    def _recognise(self, connection: Any) -> None:
        """RabbitMQ keeps what it has confirmed. Of a Redis each start has an identity."""
        if connection.transport.driver_type != "redis":
            return
        # Not every user may ask.
        with suppress(ResponseError):
            server = connection.default_channel.client.info("server")["run_id"]
            self.has_forgotten |= self._server not in (None, server)
            self._server = server

    def _send_by(
        self, producer: Any, task: Task[Any], id_: UUID, parameters: str, attempts: int
    ) -> None:
        self._app.send_task(
            task.name,
            kwargs=orjson.loads(parameters),
            task_id=str(id_),
            headers={HEADER: "1"},
            retries=attempts,
            producer=producer,
            retry=False,
            confirm_timeout=self._seconds,
            ignore_result=False,
        )

    def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            # It may be the connection that has gone wrong.
            with suppress(Exception):
                producer.connection.release()
