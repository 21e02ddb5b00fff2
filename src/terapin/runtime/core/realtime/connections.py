"""One socket that is in a room: what waits for it, and when it is too much."""

from __future__ import annotations

import time
from collections import deque

from .codes import Code
from .frames import Frame
from .outlets import Outlet
from .settings import RealtimeSettings
from .subjects import Subject


class Connection:
    """Nobody ever waits for it."""

    def __init__(self, outlet: Outlet, settings: RealtimeSettings, subject: Subject) -> None:
        self.subject = subject
        # Why it was closed by us.
        self.code: Code | None = None
        self.delivered = 0
        self._outlet = outlet
        self._settings = settings
        self._queue: deque[Frame] = deque()
        self._bytes = 0
        self._moved = 0.0
        outlet.ready = self._flush

    def deliver(self, frame: Frame) -> None:
        if self.code is not None:
            return
        self.delivered += 1
        if not self._queue:
            if self._outlet.write(frame):
                return
            self._moved = time.monotonic()
        self._queue.append(frame)
        self._bytes += len(frame)
        settings = self._settings
        if self._bytes > settings.queue_bytes or len(self._queue) > settings.queue_messages:
            self.end(Code.SLOW)

    def end(self, code: Code) -> None:
        """What waits is not sent any more."""
        if self.code is None:
            self.code = code
            self._queue.clear()
            self._bytes = 0
            self._outlet.end(code, code.reason)

    @property
    def is_stalled(self) -> bool:
        """For as long as it may be, and longer."""
        late = time.monotonic() - self._moved
        return bool(self._queue) and late > self._settings.stalled_after

    def _flush(self) -> None:
        while self._queue and self._outlet.write(self._queue[0]):
            self._bytes -= len(self._queue.popleft())
            self._moved = time.monotonic()
