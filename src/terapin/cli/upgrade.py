from __future__ import annotations

import sys

import click

from .failures import failing
from .options import LENIENT
from .project import target


@click.command()
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done, and do nothing.")
@LENIENT
@failing
def upgrade(dry: bool, lenient: bool) -> None:
    """Bring the project in this directory to the terapin that runs.

    Tells what changed in core/ since the version that wrote it, security fixes first. Then everything is
    generated again and merged with what you wrote, as `terapin generate` does.
    """
    from ..project.lock import Lock
    from ..project.notes import installed
    from .generate import Wishes, run

    found = target(lenient=lenient)
    if Lock.load(found.root).terapin == installed():
        click.echo(f"this project is of terapin {installed()} already")
    if not run(found, Wishes(dry=dry)):
        sys.exit(1)
