"""The command `terapin`. Each subcommand is imported when it is called, so that `--help` answers at once."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper

import click

from .. import __version__

_COMMANDS = {
    "new": "Start a project with a commented ontology.",
    "check": "Report everything that is wrong with an ontology.",
    "generate": "Write the service, or bring it up to date with its ontology.",
    "diff": "Show what generate would change.",
    "upgrade": "Bring a project to this version of terapin.",
    "why": "Tell where a line of a generated file comes from.",
    "render": "Render a template of your own with what an ontology says.",
    "explain": "Tell what a diagnostic or a term of the vocabulary means.",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="terapin")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Terapin writes a FastAPI service from an RDF ontology."""
    _write_whatever_there_is()
    ctx.with_resource(_without_collector())


def _write_whatever_there_is() -> None:
    """What an encoding lacks is escaped: an ontology has names that not every terminal can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def _without_collector() -> Iterator[None]:
    """A command makes much and ends: looking for garbage in it takes a third of the time, and again at the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
