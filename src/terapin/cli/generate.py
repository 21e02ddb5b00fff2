from __future__ import annotations

import sys
from pathlib import Path

import click

from .failures import failing
from .project import project_options, target
from .run import Wishes, run, writing_options


@click.command()
@project_options
@writing_options
@click.option("--check", is_flag=True, help="As --dry-run, and exit with 1 if that is anything.")
@click.option("--watch", is_flag=True, help="Do it again whenever the ontology is saved.")
@failing
def generate(
    ontology: tuple[Path, ...],
    out: Path | None,
    name: str | None,
    layers: tuple[str, ...],
    lenient: bool,
    dry: bool,
    check: bool,
    watch: bool,
    conflicts: str,
    restore: bool,
    allow_destructive: bool,
) -> None:
    """Write the service of an ONTOLOGY to a directory, or bring a project up to date.

    In a project, without arguments: what it is made from stands in its terapin.toml.
    """
    if dry + check + watch > 1:
        raise click.UsageError("--dry-run, --check and --watch are three things to do: choose one")
    wishes = Wishes(
        restore=restore,
        allow_destructive=allow_destructive,
        markers=conflicts == "markers",
        dry=dry,
        check=check,
    )
    if watch:
        from .watch import forever

        forever(lambda: target(ontology, out, name, layers, lenient=lenient), wishes)
    elif not run(target(ontology, out, name, layers, lenient=lenient), wishes):
        sys.exit(1)
