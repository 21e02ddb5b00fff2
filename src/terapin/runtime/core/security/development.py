"""The secret of those who develop: nobody has to think of one, and none is known before."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def development_secret(directory: Path) -> str:
    """Made the first time, and kept where only its owner reads it."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "secret"
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
