"""The command `warehouse`: dev, serve, migrate, seed."""

from __future__ import annotations

from terapin.runtime.core.cli import service_cli

main = service_cli("tests.runtime.warehouse")
