"""The command `mailroom`."""

from __future__ import annotations

from terapin.runtime.core.cli import service_cli

main = service_cli("tests.runtime.mailroom")
