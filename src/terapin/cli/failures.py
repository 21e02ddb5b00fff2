"""How a command ends when it cannot do what it was asked."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import click

from ..project.errors import ProjectError

P = ParamSpec("P")
R = TypeVar("R")


def fail(message: str, *notes: str) -> NoReturn:
    """Say why on standard error and exit with 1."""
    tell_error(message, *notes)
    sys.exit(1)


def tell_error(message: str, *notes: str) -> None:
    _tell("error", "red", message, notes)


def warn(message: str, *notes: str) -> None:
    _tell("warning", "yellow", message, notes)


def failing(command: Callable[P, R]) -> Callable[P, R]:
    """The command, with a ProjectError told instead of raised."""

    @functools.wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ProjectError as error:
            fail(error.message, *error.notes)

    return told


def _tell(severity: str, color: str, message: str, notes: tuple[str, ...]) -> None:
    click.secho(severity, fg=color, bold=True, nl=False, err=True)
    click.echo(f": {message}", err=True)
    for note in notes:
        click.echo(f"  = help: {note}", err=True)
