"""What a generation means for the files on disk: nothing is written here, and a conflict means that nothing will be.

| on disk, against the lock    | outcome                                                      |
|------------------------------|--------------------------------------------------------------|
| untouched                    | replaced                                                     |
| edited, output unchanged     | kept                                                         |
| edited, output changed       | merged with what was generated before; a clash is a conflict |
| deleted by the user          | left deleted, unless `restore`                               |
| no longer planned            | deleted if untouched, else an orphan                         |
| exists, not in the lock      | conflict                                                     |
| its subject has another path | moved there, then as above                                   |

Seeded files that exist are never touched but for a move, and appended ones never at all. A source is replaced only
by another that was given, if nobody wrote in it. Neither is ever deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from .changes import ChangeSet, Conflict, FileChange, How, Outdated
from .disk import Disk, as_written, unix
from .lock import Entry, Lock
from .merge import Clash, Merge, merge
from .plan import Ownership, PlannedFile
from .syntax import says_the_same

# What stays as it is, and in the lock, though nothing plans it.
_KEPT = frozenset({Ownership.APPENDED, Ownership.SOURCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """`origins` says for each planned file which entry of the lock it continues; `rendered` has the content of those
    that are made from something else than that entry was, by their `sources`."""

    planned: Mapping[PurePosixPath, PlannedFile]
    sources: Mapping[PurePosixPath, str]
    origins: Mapping[PurePosixPath, PurePosixPath]
    rendered: Mapping[PurePosixPath, bytes]


@dataclass(frozen=True, slots=True)
class Options:
    """`restore` writes again what was deleted, `markers` writes a clash into the file instead of refusing."""

    restore: bool = False
    markers: bool = False


def origins(
    planned: Mapping[PurePosixPath, PlannedFile], lock: Lock, formerly: Mapping[str, str]
) -> dict[PurePosixPath, PurePosixPath]:
    """For each planned file its entry of the lock: of the same subject (or what it was `formerly`), else of the same path."""
    by_subject = {
        (entry.layer, entry.ownership, entry.subject): path
        for path, entry in lock.entries.items()
        if entry.subject
    }
    found: dict[PurePosixPath, PurePosixPath] = {}
    for path, plan in planned.items():
        for subject in (plan.subject, formerly.get(plan.subject or "")):
            origin = by_subject.get((plan.layer, plan.ownership, subject)) if subject else None
            if origin:
                found[path] = origin
                break
    taken = set(found.values())
    return found | {
        path: path
        for path in planned
        if path not in found and path in lock.entries and path not in taken
    }


def reconcile(
    desired: Desired,
    lock: Lock,
    disk: Disk,
    base: Callable[[str], bytes | None],
    options: Options = Options(),  # noqa: B008
) -> ChangeSet:
    """`base` gives a file as it was written, by its digest, None if that is lost."""
    run = _Run(desired, lock, disk, base, options)
    for path in desired.planned:
        if path in desired.rendered:
            run.file(path, desired.rendered[path])
        else:
            run.entries[path] = lock.entries[desired.origins[path]]
    run.leave()
    return run.result()


@dataclass(slots=True)
class _Run:
    desired: Desired
    lock: Lock
    disk: Disk
    base: Callable[[str], bytes | None]
    options: Options
    entries: dict[PurePosixPath, Entry] = field(default_factory=dict)
    changes: list[FileChange] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    orphans: list[PurePosixPath] = field(default_factory=list)
    outdated: list[Outdated] = field(default_factory=list)
    gone: set[PurePosixPath] = field(init=False)
    untouched: set[PurePosixPath] = field(init=False)

    def __post_init__(self) -> None:
        """`gone` is what nothing plans any more."""
        origins = self.desired.origins
        kept = set(origins.values())
        self.gone = {
            path
            for path, entry in self.lock.entries.items()
            if path not in kept and entry.ownership not in _KEPT
        }
        looked_at = {origins[path] for path in self.desired.rendered if path in origins}
        looked_at |= self.gone
        self.untouched = self.disk.untouched(
            {path: self.lock.entries[path].written for path in looked_at}
        )
        self.untouched |= set(filter(self.is_laid_out_anew, looked_at - self.untouched))

    def is_laid_out_anew(self, path: PurePosixPath) -> bool:
        """Whether only another formatter was at work."""
        current, base = self.disk.read(path), self.base(self.lock.entries[path].written)
        if current is None or base is None or path.suffix != ".py":
            return False
        return says_the_same(unix(current), base)

    def file(self, path: PurePosixPath, content: bytes) -> None:
        plan = self.desired.planned[path]
        origin = self.desired.origins.get(path)
        entry = self.lock.entries[origin] if origin else None
        current = self.disk.read(origin or path)
        new = Entry(
            plan.ownership,
            plan.layer,
            self.desired.sources[path],
            as_written(content),
            plan.subject,
        )
        again = self.options.restore or plan.ownership is Ownership.SOURCE
        deleted = current is None and not (again or self.is_taken(path))
        if entry is None or (current is None and not deleted):
            self.create(path, content, new)
        elif plan.ownership is Ownership.SOURCE:
            self.source(path, content, entry, new)
        elif deleted:
            self.entries[path] = replace(entry, subject=new.subject)
        elif origin != path:
            self.move(path, content, entry, new)
        elif entry.ownership is Ownership.MANAGED:
            self.update(path, content, entry, new)
        else:
            self.keep(path, content, entry, new)

    def create(self, path: PurePosixPath, content: bytes, new: Entry) -> None:
        self.entries[path] = new
        if not self.is_taken(path):
            self.changes.append(FileChange(path, How.CREATE, None, content))
        elif new.ownership is Ownership.SOURCE:
            self.source(path, content, None, new)
        elif new.ownership is not Ownership.SEEDED:
            self.meet(path, content)

    def meet(self, path: PurePosixPath, content: bytes) -> None:
        """What is at a path is somebody's."""
        current = self.disk.read(path) or b""
        if unix(current) == unix(content):
            return
        if self.options.markers:
            clash = Merge((Clash(b"", unix(current), content),))
            self.changes.append(FileChange(path, How.MARK, current, clash.marked))
        else:
            self.refuse(path, "exists, and was not written by terapin", content)

    def refuse(self, path: PurePosixPath, reason: str, content: bytes) -> None:
        current = unix(self.disk.read(path) or b"")
        self.conflicts.append(Conflict(path, reason, current, content, foreign=True))

    def source(self, path: PurePosixPath, content: bytes, entry: Entry | None, new: Entry) -> None:
        """Only what terapin copied here, and nobody wrote in since, gives way to what was given now."""
        current = self.disk.read(path) or b""
        written = entry.written if entry else ""
        self.entries[path] = replace(new, written=written)
        if unix(current) == unix(content):
            return
        if as_written(current) != written:
            self.refuse(path, "holds what you wrote, and differs from what was given", content)
            return
        self.changes.append(FileChange(path, How.REPLACE, current, content))
        self.entries[path] = new

    def is_taken(self, path: PurePosixPath) -> bool:
        """Whether there is a file that neither moves elsewhere nor is deleted."""
        moves = path in self.desired.origins.values() and self.desired.origins.get(path) != path
        leaves = moves or (path in self.gone and path in self.untouched)
        return not leaves and self.disk.read(path) is not None

    def keep(self, path: PurePosixPath, content: bytes, entry: Entry, new: Entry) -> None:
        """A file of the user's: its entry tells what it was made from, so that what is new can be shown at any time."""
        if entry.written == new.written:
            self.entries[path] = new
            return
        self.outdated.append(Outdated(path, self.base(entry.written), content))
        self.entries[path] = replace(entry, subject=new.subject)

    def update(self, path: PurePosixPath, content: bytes, entry: Entry, new: Entry) -> None:
        current = self.disk.read(path)
        assert current is not None
        self.entries[path] = new
        if entry.written == new.written or unix(current) == unix(content):
            return
        if path in self.untouched:
            self.changes.append(FileChange(path, How.REPLACE, current, content))
            return
        merged = self.merged(path, current, content, entry)
        if merged is not None and merged.marked != current:
            how = How.MERGE if merged.clean else How.MARK
            self.changes.append(FileChange(path, how, current, merged.marked))

    def move(self, path: PurePosixPath, content: bytes, entry: Entry, new: Entry) -> None:
        origin = self.desired.origins[path]
        current = self.disk.read(origin)
        assert current is not None
        self.entries[path] = new
        if self.is_taken(path):
            self.refuse(path, f"exists, where {origin} is to be moved", content)
            return
        untouched = origin in self.untouched
        merged = Merge((content,)) if untouched else self.merged(path, current, content, entry)
        if merged is not None:
            how = How.MOVE if merged.clean else How.MARK
            self.changes.append(FileChange(path, how, current, merged.marked, origin))

    def merged(
        self, path: PurePosixPath, current: bytes, content: bytes, entry: Entry
    ) -> Merge | None:
        """What somebody wrote and what is generated in one, clean unless markers are wanted; None after a conflict."""
        base = self.base(entry.written)
        if base is None:
            merged = Merge((Clash(b"", unix(current), content),))
        else:
            merged = merge(base, current, content, python=path.suffix == ".py")
        if merged.clean or self.options.markers:
            return merged
        reason = "was edited, and its generated content changed in the same lines"
        self.conflicts.append(Conflict(path, reason, merged.yours, merged.generated))
        return None

    def leave(self) -> None:
        """What moved is no longer where it was, and what nothing plans any more goes unless somebody wrote in it."""
        written = {change.path for change in self.changes}
        moved = {change.origin for change in self.changes if change.origin}
        for path in sorted((self.gone | moved) - written):
            current = self.disk.read(path)
            if path in moved or path in self.untouched:
                self.changes.append(FileChange(path, How.DELETE, current, None))
            elif current is not None:
                self.orphans.append(path)
        for path, entry in self.lock.entries.items():
            if entry.ownership in _KEPT and path not in self.entries:
                self.entries[path] = entry

    def result(self) -> ChangeSet:
        changes = tuple(sorted(self.changes, key=lambda change: change.path))
        rendered = self.desired.rendered
        return ChangeSet(
            changes=changes,
            conflicts=tuple(sorted(self.conflicts, key=lambda conflict: conflict.path)),
            orphans=tuple(self.orphans),
            outdated=tuple(self.outdated),
            missing=self.missing(),
            replaced={change.path: self.disk.read(change.path) for change in changes},
            bases={
                entry.written: rendered[path]
                for path, entry in self.entries.items()
                if path in rendered
                and entry.ownership is not Ownership.SOURCE
                and as_written(rendered[path]) == entry.written
            },
            lock=Lock(self.entries, digest=self.lock.digest),
        )

    def missing(self) -> tuple[PurePosixPath, ...]:
        written = {change.path for change in self.changes}
        return tuple(
            path
            for path, entry in self.entries.items()
            if entry.ownership is not Ownership.SOURCE
            and path not in written
            and not self.disk.has(path)
        )
