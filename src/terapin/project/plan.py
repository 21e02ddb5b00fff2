"""What a generation is made of: the files that layers plan, before any of them is rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from ..model import Entity, ServiceModel
from .history import History


class Ownership(StrEnum):
    """MANAGED files follow the ontology; SEEDED ones are written once and then belong to the user.

    SOURCE files are what somebody said, not what was made from it: the ontology. They are taken whole or not at
    all, and never deleted. APPENDED ones (migrations) are history: planned in the run that adds them and never again, and kept
    by every later run as they are.
    """

    MANAGED = "managed"
    SEEDED = "seeded"
    SOURCE = "source"
    APPENDED = "appended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What every layer plans from.

    `package` is the import name and the command; `sources` are files of the ontology that are to be copied into the project, by the path that
    they have in the project. `history` is None before the first run.
    """

    model: ServiceModel
    package: str
    sources: Mapping[str, bytes] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    history: History | None = None

    @property
    def prefix(self) -> str:
        """Of the environment variables."""
        return f"{self.package.upper()}_"

    @property
    def distribution(self) -> str:
        return self.package.replace("_", "-")


@dataclass(frozen=True)
class Deferred:
    """A view that is made when somebody asks for it, from nothing but `entities`."""

    entities: tuple[Entity, ...]
    make: Callable[[], object]

    @cached_property
    def view(self) -> object:
        return self.make()


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to be: either `template` rendered with `view`, or `content` as it is.

    `path` is relative to the project. A view is a frozen dataclass whose repr is stable, or one that is deferred:
    together with the template it is what the file is made from. `subject` is the IRI that the file is about, under
    which it is found again when its path changes: a layer has at most one file of each ownership about it.
    """

    path: PurePosixPath
    layer: str
    ownership: Ownership = Ownership.MANAGED
    subject: str | None = None
    template: str | None = None
    view: Any = None
    content: bytes | None = None

    @property
    def made_view(self) -> Any:
        return self.view.view if isinstance(self.view, Deferred) else self.view

    def digest(self, template_digests: Mapping[str, str]) -> str:
        """Of everything the file is made from; `template_digests` maps each template to that of its layer's."""
        parts: Iterable[bytes] = (
            (self.content,)
            if self.content is not None
            else (template_digests[self.template or ""].encode(), repr(self.made_view).encode())
        )
        return digest(b"\0".join((str(self.path).encode(), self.ownership.encode(), *parts)))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
