"""The project's files as somebody left them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from .errors import ProjectError
from .formatting import format_what_can_be
from .plan import digest


class Disk:
    """Each file is read once, so that whatever is decided about it is decided about one state of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read = cache(self._read)
        self._is_inside = cache(self._resolves_inside)

    def has(self, path: PurePosixPath) -> bool:
        """Whether anything is there, without reading it."""
        return os.path.exists(f"{self.root}/{path}")

    def _read(self, path: PurePosixPath) -> bytes | None:
        """None where there is no file. Raises ProjectError for what is no regular file below the root."""
        target = self.root / path
        if not self._is_inside(target.parent) or target.is_symlink():
            raise ProjectError(
                f"{path} is reached through a symbolic link", "terapin writes regular files only"
            )
        try:
            return target.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IsADirectoryError:
            raise ProjectError(
                f"{path} is a directory, where a file is to be written", "move it away"
            ) from None
        except OSError as error:
            raise ProjectError(f"cannot read {path}: {error.strerror}") from error

    def _resolves_inside(self, directory: Path) -> bool:
        try:
            return directory.resolve() == self.root.resolve() / directory.relative_to(self.root)
        except (OSError, RuntimeError):  # links that lead to each other
            return False

    def untouched(self, written: Mapping[PurePosixPath, str]) -> set[PurePosixPath]:
        """Those files that still are what was written (by its digest), up to line endings and formatting."""
        found = {path: content for path in written if (content := self.read(path)) is not None}
        same = {path for path, content in found.items() if as_written(content) == written[path]}
        others = {
            path: unix(content)
            for path, content in found.items()
            if path not in same and path.suffix == ".py"
        }
        return same | {
            path
            for path, content in format_what_can_be(others).items()
            if as_written(content) == written[path]
        }


def as_written(content: bytes) -> str:
    """By which the lock knows what was written, whatever an editor or version control made of its line endings."""
    return digest(unix(content))


def unix(content: bytes) -> bytes:
    """With line feeds only."""
    return content.replace(b"\r\n", b"\n")
