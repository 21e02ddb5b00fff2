"""How a command ends when it cannot do what it was asked."""

from __future__ import annotations

import functools
import sys
import textwrap
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import click

from ..project.errors import ProjectError
from .terminal import colored, columns

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
    """The command, with what keeps it from its work told instead of raised: a ProjectError, or the system's."""

    @functools.wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ProjectError as error:
            fail(error.message, *error.notes)
        except BrokenPipeError:  # whoever reads has read enough, which click knows how to end
            raise
        except OSError as error:
            fail(system_error(error))

    return told


def system_error(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: {reason}" if error.filename else reason


def _tell(severity: str, color: str, message: str, notes: tuple[str, ...]) -> None:
    head, *more = _wrapped(f"{severity}: {message}", "")
    styled = click.style(severity, fg=color, bold=True) if colored(sys.stderr) else severity
    click.echo(styled + head.removeprefix(severity), err=True)
    for line in (
        *more,
        *(line for note in notes for line in _wrapped(f"  = help: {note}", "    ")),
    ):
        click.echo(line, err=True)


def _wrapped(text: str, indent: str) -> list[str]:
    """As many lines as a terminal needs, and one where there is none."""
    width = columns(sys.stderr)
    if not width:
        return [text]
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
