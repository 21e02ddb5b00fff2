"""A run of the generator, as `generate`, `upgrade` and `--watch` make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click

from .changes import diff_of_conflict, listing, said_of, summary, tell, upgrade_notes
from .failures import tell_error, warn
from .project import Prepared, Target, prepare

if TYPE_CHECKING:
    from ..project.changes import ChangeSet
    from ..project.reconcile import Options


@dataclass(frozen=True, slots=True)
class Wishes:
    """`dry` shows what would be done, `check` also fails if that is anything."""

    restore: bool = False
    allow_destructive: bool = False
    markers: bool = False
    dry: bool = False
    check: bool = False

    @property
    def options(self) -> Options:
        from ..project.reconcile import Options

        return Options(restore=self.restore, markers=self.markers)


F = TypeVar("F", bound=Callable[..., object])


def writing_options(command: F) -> F:
    """How to deal with what stands in the way of writing."""
    for option in (
        click.option(
            "--allow-destructive",
            is_flag=True,
            help="Let a migration drop what is gone, and ask more of values than before.",
        ),
        click.option("--restore", is_flag=True, help="Write files again that were deleted."),
        click.option(
            "--conflicts",
            type=click.Choice(["refuse", "markers"]),
            default="refuse",
            help="Where you and the ontology changed the same lines: write nothing, or markers into the file.",
        ),
        click.option(
            "--dry-run", "dry", is_flag=True, help="Say what would be done, and do nothing."
        ),
    ):
        command = option(command)
    return command


def run(target: Target, wishes: Wishes) -> bool:
    """Whether everything is as was wished; if not, the reason is told. Raises ProjectError."""
    from ..project.apply import alone, apply, complete, restore_history
    from ..project.fingerprint import is_current, remember
    from ..project.lock import STATE
    from ..project.modules import left_behind

    if wishes.dry or wishes.check:
        return _preview(target, wishes)
    root = target.root
    is_new = not (root / STATE).exists()
    with ExitStack() as held:
        if not is_new:
            held.enter_context(alone(root))
            if interrupted := complete(root):
                warn(interrupted)
            if wishes.restore:
                restore_history(root)
        if not wishes.restore and is_current(root, target.ontology, lenient=target.lenient):
            click.echo(said_of(root, "nothing has changed"))
            return True
        prepared = _prepared(target, wishes)
        if prepared is None:
            return False
        changes = prepared.changes(wishes.options)
        if changes.conflicts:
            _refuse(changes, wishes)
            return False
        if is_new:
            held.enter_context(alone(root))
        left = left_behind(root, changes)
        apply(root, changes, prepared.state)
        remember(root, prepared.read, lenient=target.lenient)
        prepared.known.save(root)
    tell(root, changes, left)
    click.echo(summary(root, changes))
    return True


def _prepared(target: Target, wishes: Wishes) -> Prepared | None:
    from ..project.revisions import open_heads

    for line in upgrade_notes(target.root):
        click.echo(line)
    prepared = prepare(target)
    if heads := open_heads(target.root):
        names = ", ".join(str(each.path) for each in heads)
        warn(f"the migrations have several heads: {names}", "join them: alembic merge heads")
    may = prepared and prepared.may_follow(allow_destructive=wishes.allow_destructive)
    return prepared if may else None


def _preview(target: Target, wishes: Wishes) -> bool:
    """Terapin's own files count for a check: they are committed with the others."""
    from ..project.apply import is_written, refuse_interrupted
    from ..project.merge import marked

    root = target.root
    refuse_interrupted(root)
    prepared = _prepared(target, wishes)
    if prepared is None:
        return False
    changes = prepared.changes(wishes.options)
    for line in listing(changes):
        click.echo(line)
    if changes.conflicts:
        return False
    if wishes.check and (undecided := marked(root, changes.lock)):
        for path in undecided:
            click.echo(f"mark     {path} holds both sides of a conflict")
        return False
    if is_written(root, changes, prepared.state):
        click.echo(said_of(root, "nothing would change"))
        return True
    if changes.empty:
        click.echo(said_of(root, "only what terapin keeps in .terapin would change"))
    return not wishes.check


def _refuse(changes: ChangeSet, wishes: Wishes) -> None:
    for conflict in changes.conflicts:
        click.echo(f"{conflict.path} {conflict.reason}:")
        for line in diff_of_conflict(conflict):
            click.echo(line)
        click.echo()
    count = len(changes.conflicts)
    tell_error(
        f"{count} file{'s' * (count > 1)} would lose what somebody wrote; nothing was written",
        *_ways_out(changes, wishes),
    )


def _ways_out(changes: ChangeSet, wishes: Wishes) -> Iterator[str]:
    if any(not conflict.foreign for conflict in changes.conflicts):
        yield (
            "take back your change of these lines, or move it to a file that is yours (services, "
            "handlers, extensions), and run the same command again"
        )
    if any(conflict.foreign for conflict in changes.conflicts):
        yield "move or rename what exists, and run the same command again"
    if not wishes.markers:
        yield "or --conflicts markers: both sides are written into the file, for you to choose"
