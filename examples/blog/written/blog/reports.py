"""Where reports lie."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from pydantic_settings import BaseSettings, SettingsConfigDict


class ReportSettings(BaseSettings):
    """Each is read from the environment (`BLOG_REPORTS_DIRECTORY`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="BLOG_REPORTS_", env_file=".env", extra="ignore")

    directory: Path = Path("reports")
    kept_days: float = 30


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A file that has its name once it is complete, and is gone if the block raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", dir=path.parent, suffix=".part", encoding="utf-8", newline="", delete=False
    ) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def remove_old(settings: ReportSettings) -> int:
    """Also those that were left incomplete when a worker was killed."""
    before = time.time() - settings.kept_days * 86400
    old = [path for path in settings.directory.glob("*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
