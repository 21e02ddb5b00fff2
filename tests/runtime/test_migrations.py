from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from sqlalchemy import URL
from sqlalchemy.schema import CreateTable

from terapin.runtime.core.migrations import upgrade

from .blog.models import Base
from .blog.settings import Settings
from .conftest import PACKAGE
from .harness import Api


def test_the_migrations_make_what_the_models_say(migrated: Settings) -> None:
    upgrade(PACKAGE, migrated)
    assert _differences(migrated).endswith("None\n")


async def test_a_difference_is_told(api: Api, settings: Settings) -> None:
    await api.execute("ALTER TABLE tags ALTER COLUMN name DROP NOT NULL")
    assert "modify_nullable" in await asyncio.to_thread(_differences, settings)


def _differences(settings: Settings) -> str:
    """By a process of its own: in this one there may be the tables of other tests' services."""
    ask = "import sys; from terapin.runtime.core.migrations import differences as d; "
    ask += "from tests.runtime.blog.settings import Settings; print(d(sys.argv[1], Settings()))"
    environment = {
        **os.environ,
        "BLOG_DATABASE_URL": settings.database.given_url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(
        [sys.executable, "-c", ask, PACKAGE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_constraints_have_the_names_that_migrations_give() -> None:
    dialect = URL.create("postgresql+asyncpg").get_dialect()()
    statements = [
        str(CreateTable(table).compile(dialect=dialect)) for table in Base.metadata.sorted_tables
    ]
    made = "\n".join(statements)
    for expected in (
        "CONSTRAINT pk_posts PRIMARY KEY (id)",
        "CONSTRAINT uq_posts_user_id_slug UNIQUE (user_id, slug)",
        "CONSTRAINT fk_posts_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE",
        "CONSTRAINT ck_posts_status CHECK (status IN ('draft', 'published', 'archived'))",
        "row_version INTEGER DEFAULT '1' NOT NULL",
    ):
        assert expected in made
