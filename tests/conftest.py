"""What the tests write stays in memory, if there is room: on a disk a database takes ten times as long to make."""

from __future__ import annotations

import os
import tempfile

MEMORY = "/dev/shm"
# In bytes. What databases, projects and caches take at most is a part of it.
ROOM = 8 * 1024**3


def pytest_configure() -> None:
    if "TMPDIR" not in os.environ and has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = MEMORY


def has_room() -> bool:
    """Also for programs: PostgreSQL is copied there for an account of its own."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return False
    return (
        os.access(MEMORY, os.W_OK)
        and not found.f_flag & os.ST_NOEXEC
        and found.f_bavail * found.f_frsize >= ROOM
    )
