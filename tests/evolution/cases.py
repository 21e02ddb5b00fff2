"""Changes of ontologies, in `tests/cases/evolution`: one file each.

- `before` and `after` are ontologies without their prefixes
- `rows` is SQL for the tables of before
- `kept` has queries, and what they answer after the upgrade
- `refused` has the codes of the diagnostics without `--allow-destructive`; then the change is made with it
- `told` has the codes of the warnings
- `complete` is the value that a user writes where the new migration asks for one
- `fails` is what the upgrade says that cannot be done: then nothing has changed
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases" / "evolution"


@dataclass(frozen=True, kw_only=True)
class Case:
    before: str
    after: str
    rows: str = ""
    kept: dict[str, list[list[str]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    complete: str = ""
    fails: str = ""

    @classmethod
    def load(cls, path: Path) -> Case:
        data = tomllib.loads(path.read_text("utf-8"))
        return cls(**data)
