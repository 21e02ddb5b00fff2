from __future__ import annotations

import sys

import click

from .failures import failing
from .options import LENIENT
from .project import target
from .run import Wishes, run, writing_options


@click.command()
@writing_options
@LENIENT
@failing
def upgrade(
    dry: bool, conflicts: str, restore: bool, allow_destructive: bool, lenient: bool
) -> None:
    """Bring the project in this directory to the terapin that runs.

    Tells what changed in core/ since the version that wrote it, security fixes first. Then everything is
    generated again and merged with what you wrote, as `terapin generate` does.
    """
    from ..project.lock import Lock
    from ..project.notes import installed

    found = target(lenient=lenient)
    if Lock.load(found.root).terapin == installed():
        click.echo(f"this project is of terapin {installed()} already")
    wishes = Wishes(
        dry=dry,
        markers=conflicts == "markers",
        restore=restore,
        allow_destructive=allow_destructive,
    )
    if not run(found, wishes):
        sys.exit(1)
