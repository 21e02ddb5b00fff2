from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import LENIENT
from .terminal import colored, columns

if TYPE_CHECKING:
    from ..ontology import Compilation


@click.command()
@click.argument("ontology", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="text for people, json, sarif (2.1.0), or annotations of GitHub.",
)
@LENIENT
def check(ontology: tuple[Path, ...], form: str, lenient: bool) -> None:
    """Report everything that is wrong with an ONTOLOGY, which may be several files.

    `terapin explain CODE` tells more about each of the codes. Exits with 1 if there is an error.
    """
    from ..diagnostics.render import as_github, as_json, as_sarif
    from ..ontology import compile_files

    compilation = compile_files(ontology, lenient=lenient)
    forms = {"json": as_json, "sarif": as_sarif, "github": as_github}
    if form in forms:
        click.echo(forms[form](compilation.diagnostics, compilation.locator), nl=False)
    else:
        _show(compilation)
    if compilation.model is None:
        sys.exit(1)


def _show(compilation: Compilation) -> None:
    from ..diagnostics.render import summary

    text = compilation.as_text(color=colored(sys.stdout), width=columns(sys.stdout))
    if text:
        click.echo(text)
        click.echo(summary(compilation.diagnostics))
    elif sys.stdout.isatty() and compilation.model:
        click.echo(f"nothing to report on {_counted(len(compilation.model.entities), 'entity')}")


def _counted(number: int, what: str) -> str:
    plural = what if number == 1 else f"{what.removesuffix('y')}ies"
    return f"{number} {plural}"
