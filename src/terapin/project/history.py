"""What there is to go on from: the model as last generated, and the revisions on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from ..evolution.change import Change
from ..evolution.operations import Operation
from .errors import ProjectError

VERSIONS = PurePosixPath("migrations/versions")
FIRST_ID = "0001"
FIRST = VERSIONS / f"{FIRST_ID}_initial.py"


@dataclass(frozen=True, slots=True)
class Revision:
    """`parents` are the revisions that it follows: several of them, if it merges branches."""

    id: str
    parents: tuple[str, ...]
    path: PurePosixPath


@dataclass(frozen=True, slots=True)
class History:
    """`change` is that since the last run, None if there is none; `steps` are what it takes in the database.

    `revisions` are known where there are steps, for the next one to follow; those that the user wrote are among them.
    """

    change: Change | None = None
    steps: tuple[Operation, ...] = ()
    revisions: tuple[Revision, ...] = ()

    @property
    def begins(self) -> bool:
        """Whether these are the first tables: the service had no database before."""
        change = self.change
        if change is None or not change.added or change.stayed or change.dropped:
            return False
        return all(each.id == FIRST_ID for each in self.revisions)

    @property
    def heads(self) -> list[Revision]:
        followed = {parent for each in self.revisions for parent in each.parents}
        return [each for each in self.revisions if each.id not in followed]

    @property
    def head(self) -> Revision:
        """The last one; raises ProjectError where there is none, or where branches have to be merged first."""
        heads = self.heads
        if len(heads) > 1:
            raise ProjectError(
                "the migrations have several heads: "
                + ", ".join(f"{each.id} ({each.path})" for each in heads),
                "join them first: alembic merge heads",
            )
        if not heads:
            raise ProjectError(
                f"there is no migration in {VERSIONS} for the next one to follow",
                "restore them from version control",
            )
        return heads[0]

    @property
    def next_number(self) -> int:
        """Of the file of the next revision: they are read in the order of their names."""
        numbers = [each.path.name.partition("_")[0] for each in self.revisions]
        return 1 + max(
            (int(each) for each in numbers if each.isdecimal() and len(each) == 4), default=0
        )
