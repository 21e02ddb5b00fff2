"""Results and progress, which Celery keeps in Redis, and the word to workers that a run is not wanted any more."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

from celery import Celery

logger = logging.getLogger(__name__)

_SUCCESS, _PROGRESS = "SUCCESS", "PROGRESS"


class Results:
    def __init__(self, app: Celery) -> None:
        self._app = app

    async def read(self, id_: UUID) -> dict[str, Any]:
        """`result` or `progress`, if there is one and it can be had."""
        try:
            meta = await asyncio.to_thread(self._app.backend.get_task_meta, str(id_))
        except Exception as error:
            logger.warning("the result of %s cannot be read: %r", id_, error)
            return {}
        if meta["status"] == _SUCCESS:
            return {"result": meta["result"]}
        return {"progress": meta["result"]} if meta["status"] == _PROGRESS else {}

    def keep(self, id_: UUID, value: Any, state: str) -> None:
        self._app.backend.store_result(str(id_), value, state)

    async def end(self, id_: UUID) -> None:
        """Have the process that runs it end. Who is not reached finds out when the lease is renewed."""
        try:
            await asyncio.to_thread(self._app.control.revoke, str(id_), terminate=True)
        except Exception as error:
            logger.warning("workers cannot be told that %s was cancelled: %r", id_, error)

    def close(self) -> None:
        self._app.close()
