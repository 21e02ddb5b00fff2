"""What the migrations promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from .service import Settings, create_app, migrations


def test_they_make_what_the_models_say(migrated: Settings) -> None:
    assert _differences(migrated) is None


def test_they_go_back_and_forth(database: Settings) -> None:
    alembic = Config(Path(__file__).parents[1] / "alembic.ini")
    alembic.attributes["settings"] = database
    command.downgrade(alembic, "base")
    with pytest.raises(CommandError, match="not up to date"):
        _differences(database)
    command.upgrade(alembic, "head")
    assert _differences(database) is None


def _differences(database: Settings) -> str | None:
    return migrations.differences(create_app.__module__.rpartition(".")[0], database)
