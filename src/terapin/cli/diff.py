from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .changes import diff_of, diff_of_conflict, diff_of_outdated
from .failures import failing
from .project import prepare, project_options, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..project.changes import ChangeSet


@click.command()
@project_options
@failing
def diff(
    ontology: tuple[Path, ...],
    out: Path | None,
    name: str | None,
    layers: tuple[str, ...],
    lenient: bool,
) -> None:
    """Show what `generate` would change, and what your files would be if they were written today.

    The arguments are those of `generate`. Exits with 1 if `generate` would refuse.
    """
    from ..project.apply import refuse_interrupted
    from ..project.reconcile import Options

    found = target(ontology, out, name, layers, lenient=lenient)
    refuse_interrupted(found.root)
    prepared = prepare(found)
    if prepared is None:
        sys.exit(1)
    may_follow = prepared.may_follow(allow_destructive=False)
    changes = prepared.changes(Options())
    for line in _diffs(changes):
        click.echo(line)
    for conflict in changes.conflicts:
        click.echo(f"conflict: {conflict.path} {conflict.reason}", err=True)
        for line in diff_of_conflict(conflict):
            click.echo(line, err=True)
    if changes.conflicts or not may_follow:
        sys.exit(1)


def _diffs(changes: ChangeSet) -> Iterator[str]:
    moved = {change.origin for change in changes.changes}
    for change in changes.changes:
        if change.how != "delete" or change.path not in moved:
            yield from diff_of(change)
    for outdated in changes.outdated:
        yield f"yours, never touched: {outdated.path} would be written differently today"
        yield from diff_of_outdated(outdated)
