from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...evolution.operations import DropColumn, DropTable, Operation
from .statements import Statements
from .words import words


@dataclass(frozen=True, slots=True)
class RevisionView:
    """`down_revision` is literal Python. `loses` is true where going back does not bring everything back."""

    docstring: str
    revision: str
    down_revision: str
    imports: str
    upgrade: tuple[str, ...]
    downgrade: tuple[str, ...]
    loses: bool


def revision_view(
    steps: Sequence[Operation], revision: str, parents: Sequence[str] = ()
) -> RevisionView:
    """`parents` are the revisions that it follows: none, or one."""
    parent = next(iter(parents), None)
    statements = Statements()
    upgrade = statements.lines(steps)
    downgrade = statements.lines([step.inverse() for step in reversed(steps)])
    return RevisionView(
        docstring=f"{_said(steps, parent)}\n\nRevision ID: {revision}\nRevises: {parent or ''}".rstrip(),
        revision=revision,
        down_revision=repr(parent),
        imports=statements.imports.render(),
        upgrade=upgrade,
        downgrade=downgrade,
        loses=any(isinstance(step, DropTable | DropColumn) for step in steps),
    )


def _said(steps: Sequence[Operation], parent: str | None) -> str:
    if parent is None:
        return "The tables of the ontology as it was first generated."
    told = words(steps) or ("rename constraints",)
    if len(told) == 1:
        return f"{_capital(told[0])}."
    more = f"{len(told) - 1} more change{'s' * (len(told) > 2)}"
    return "\n".join([f"{_capital(told[0])}, and {more}.", "", *(f"- {each}" for each in told)])


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
