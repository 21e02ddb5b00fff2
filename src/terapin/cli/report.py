from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .terminal import colored, columns

if TYPE_CHECKING:
    from ..model import ServiceModel
    from ..model.names import Names
    from ..ontology import Compilation, Ontology


@dataclass(frozen=True, slots=True)
class Compiled:
    compilation: Compilation
    ontology: Ontology
    model: ServiceModel
    names: Names


def compiled(
    paths: Iterable[Path],
    *,
    name: str | None = None,
    pinned: Names | None = None,
    lenient: bool = False,
) -> Compiled:
    """What an ontology comes to; its diagnostics are told, and after an error the command ends with 1."""
    found = compile_and_tell(paths, name=name, pinned=pinned, lenient=lenient)
    return found or sys.exit(1)


def compile_and_tell(
    paths: Iterable[Path],
    *,
    name: str | None = None,
    pinned: Names | None = None,
    lenient: bool = False,
    layers: Collection[str] = (),
) -> Compiled | None:
    """As `compiled`, but None after an error."""
    from ..ontology import compile_files

    compilation = compile_files(paths, name=name, pinned=pinned, lenient=lenient, layers=layers)
    tell_diagnostics(compilation)
    if compilation.ontology is None or compilation.model is None:
        return None
    return Compiled(compilation, compilation.ontology, compilation.model, compilation.names)


def tell_diagnostics(compilation: Compilation) -> None:
    from ..diagnostics.render import summary

    if text := compilation.as_text(color=colored(sys.stderr), width=columns(sys.stderr)):
        click.echo(text, err=True)
        click.echo(summary(compilation.diagnostics), err=True)
