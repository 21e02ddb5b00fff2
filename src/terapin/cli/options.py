"""Options that several commands have."""

from __future__ import annotations

import click

LENIENT = click.option(
    "--lenient",
    is_flag=True,
    help="Take well-known prefixes that are not declared, with a warning.",
)
