from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..ontology import Compilation


@click.command()
@click.argument("ontology", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check(ontology: tuple[Path, ...], form: str) -> None:
    """Report everything that is wrong with an ONTOLOGY, which may be several files.

    `terapin explain CODE` tells more about each of the codes. Exits with 1 if there is an error.
    """
    from ..ontology import compile_files

    compilation = compile_files(ontology)
    if form == "json":
        click.echo(compilation.as_json(), nl=False)
    else:
        _show(compilation)
    if compilation.model is None:
        sys.exit(1)


def _show(compilation: Compilation) -> None:
    from ..diagnostics.render import summary

    terminal = sys.stdout.isatty()
    text = compilation.as_text(color=terminal and not os.environ.get("NO_COLOR"))
    if text:
        click.echo(text)
        click.echo(summary(compilation.diagnostics))
    elif terminal and compilation.model:
        click.echo(f"nothing to report on {_counted(len(compilation.model.entities), 'entity')}")


def _counted(number: int, what: str) -> str:
    plural = what if number == 1 else f"{what.removesuffix('y')}ies"
    return f"{number} {plural}"
