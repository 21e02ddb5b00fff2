"""What files are made from, as the last run found it out: views of entities that are as they were are not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from .files import write
from .fingerprint import generator
from .lock import LOCAL
from .model_file import entity_texts
from .plan import Deferred, PlannedFile, digest

KNOWN = LOCAL / "known"


class Known:
    """The digests of planned files whose views are deferred.

    Each follows from the entities that its view is made from, as `.terapin/model.json` writes them, and from terapin
    itself: it stays true whatever becomes of the project. It saves time, and nothing depends on it.
    """

    def __init__(
        self, model: bytes = b"", before: Mapping[PurePosixPath, tuple[str, str]] = {}
    ) -> None:
        """`model` is that of today, as it is kept; `before` has for each path what its digest followed from, and the digest."""
        self._texts = {
            iri: hashlib.sha256(text).digest() for iri, text in entity_texts(model).items()
        }
        self._before = before
        self._today: dict[PurePosixPath, tuple[str, str]] = {}

    @classmethod
    def load(cls, root: Path, model: bytes) -> Known:
        try:
            terapin, *lines = (root / KNOWN).read_text("utf-8").splitlines()
            before = {
                PurePosixPath(path): (cause, found)
                for cause, found, path in (line.split(" ", 2) for line in lines)
            }
        except (OSError, ValueError):
            return cls(model)
        return cls(model, before if terapin == _terapin() else {})

    def save(self, root: Path) -> None:
        lines = (f"{cause} {found} {path}\n" for path, (cause, found) in self._today.items())
        with suppress(OSError):
            write(root / KNOWN, "".join((_terapin(), "\n", *lines)).encode())

    def digest(self, file: PlannedFile, template_digests: Mapping[str, str]) -> str:
        """That of `PlannedFile.digest`."""
        if not isinstance(file.view, Deferred) or not self._texts:
            return file.digest(template_digests)
        cause = digest(b"".join(self._texts[each.iri] for each in file.view.entities))
        before = self._before.get(file.path)
        found = before[1] if before and before[0] == cause else file.digest(template_digests)
        self._today[file.path] = cause, found
        return found


def _terapin() -> str:
    return digest("\0".join(generator()).encode())
