"""What the parent process of a worker does for a run whose process has ended without a word."""

# Celery has no types.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from typing import Any
from uuid import UUID

from billiard.einfo import ExceptionInfo
from celery.exceptions import WorkerLostError
from celery.worker.request import Request

from .declared import Task
from .executing import Execution


def request_class(task: Task[Any], execution: Execution) -> type[Request]:
    class Told(Request):
        """The table of runs is told at once, where otherwise the lease would have to run out."""

        def on_timeout(self, soft: bool, timeout: float) -> None:
            if not soft:
                self._tell(f"it ran for more than {timeout} s", wait=True)
            super().on_timeout(soft, timeout)

        def on_failure(
            self, exc_info: ExceptionInfo, send_failed_event: bool = True, return_ok: bool = False
        ) -> Any:
            error = exc_info.exception
            if isinstance(getattr(error, "exc", error), WorkerLostError):
                self._tell("its process was lost", wait=False)
            return super().on_failure(exc_info, send_failed_event, return_ok)

        def _tell(self, error: str, *, wait: bool) -> None:
            worker = f"{self.hostname}/{self.worker_pid}"
            execution.tell(UUID(self.id), task, worker, error, wait=wait)

    return Told
