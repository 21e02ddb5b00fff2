"""A project and its databases, in this process: generated, migrated, changed, and looked at."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from pydantic import SecretStr

from terapin.evolution.change import changed
from terapin.evolution.difference import difference
from terapin.layers.registry import LAYERS
from terapin.model import ServiceModel
from terapin.project.history import History
from terapin.project.model_file import dump_model, load_model
from terapin.project.plan import Project
from terapin.project.render import render
from terapin.project.revisions import read_revisions

PACKAGE = "evolving"
_LAYERS = ("package", "core", "models", "migrations")

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Checkout:
    """What alembic needs of a project."""

    root: Path

    def generate(self, model: ServiceModel, previous: ServiceModel | None = None) -> None:
        """As the command does; the previous model has been written and read again."""
        history = None
        if previous:
            change = changed(load_model(dump_model(previous)), model)
            history = History(change, difference(change), read_revisions(self.root))
        project = Project(model=model, package=PACKAGE, history=history)
        planned = [file for name in _LAYERS for file in LAYERS[name](project)]
        verbatim = {file.path: file.content for file in planned if file.content is not None}
        made = render({file.path: file for file in planned if file.content is None})
        for path, content in {**verbatim, **made}.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(content)

    @contextmanager
    def migrations(self, url: str) -> Iterator[Migrations]:
        """With the models as they are now: bytecode would be taken for them for a second after they change."""
        sys.path.insert(0, str(self.root))
        writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            settings = import_module(f"{PACKAGE}.settings").Settings
            config = Config(self.root / "alembic.ini")
            config.attributes["settings"] = settings(database={"url": SecretStr(url)})
            yield Migrations(config)
        finally:
            sys.dont_write_bytecode = writes
            sys.path.remove(str(self.root))
            for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
                del sys.modules[name]


@dataclass(frozen=True, slots=True)
class Migrations:
    config: Config

    def upgrade(self) -> None:
        command.upgrade(self.config, "head")

    def downgrade(self) -> None:
        command.downgrade(self.config, "-1")

    def check(self) -> None:
        """Raises where the models and the database differ."""
        command.check(self.config)


def execute(url: str, sql: str) -> None:
    if sql:
        asyncio.run(_execute(url, sql))


def query(url: str, sql: str) -> Rows:
    """Rows, with every value as text."""
    return asyncio.run(_query(url, sql))


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def _query(url: str, sql: str) -> Rows:
    connection: Any = await asyncpg.connect(url)
    try:
        found = await connection.fetch(sql)
    finally:
        await connection.close()
    return [["NULL" if value is None else str(value) for value in row.values()] for row in found]


# Columns may be in any order. The constraints of NOT NULL, which have names of their own from PostgreSQL 18
# on and follow no rename, are compared as what the columns say.
_CATALOG = """
SELECT 'column', table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,
       is_nullable, column_default, is_identity, identity_generation
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'sequence', sequencename, data_type::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_sequences WHERE schemaname = 'public'
ORDER BY 1, 2, 3
"""


def catalog(url: str) -> Rows:
    """Everything that makes the schema."""
    return query(url, _CATALOG)
