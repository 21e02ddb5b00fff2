"""Whatever is done to a project in whatever order, every line that somebody wrote and did not delete is still there."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from terapin.project.apply import apply, base, complete
from terapin.project.changes import ChangeSet
from terapin.project.disk import Disk
from terapin.project.lock import Lock
from terapin.project.plan import Ownership, PlannedFile
from terapin.project.reconcile import Desired, Options, origins, reconcile

_DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
_NAMES = [f"{name}.py" for name in "abcd"]
ONTOLOGY = PurePosixPath("ontology/o.ttl")


@dataclass(frozen=True)
class Subject:
    """What one IRI is said to be: where its files are, and what stands in them."""

    iri: str
    module: str
    fields: tuple[int, ...] = (1, 2, 3)

    def files(self, header: int) -> list[PlannedFile]:
        lines = [f"# header {header}", "", f"class {self.module[0].upper()}:"]
        lines += [f"    field_{each} = {each * header}" for each in self.fields]
        content = "\n".join([*lines, "", ""]).encode()
        seeded = f"class {self.module[0].upper()}Service:\n    pass\n\n\n# end\n".encode()
        return [
            PlannedFile(
                PurePosixPath("models", self.module), "models", subject=self.iri, content=content
            ),
            PlannedFile(
                PurePosixPath("services", self.module),
                "services",
                Ownership.SEEDED,
                self.iri,
                content=seeded,
            ),
        ]


class Project(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="terapin-test-"))
        self.subjects = [Subject("ex:0", "a.py"), Subject("ex:1", "b.py")]
        self.formerly: dict[str, str] = {}
        self.header = 1
        self.count = 2
        self.written: set[bytes] = set()
        self.given = b"# given 1\n"
        self.listed = True
        self.generate(Options())

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    def files(self) -> list[Path]:
        return sorted(
            path
            for path in self.root.rglob("*.*")
            if path.is_file() and ".terapin" not in path.parts
        )

    def generate(self, options: Options, *, in_place: bool = False) -> ChangeSet:
        complete(self.root)
        files = [file for each in self.subjects for file in each.files(self.header)]
        if self.listed:
            there = self.root / ONTOLOGY
            content = there.read_bytes() if in_place and there.exists() else self.given
            files.append(PlannedFile(ONTOLOGY, "skeleton", Ownership.SOURCE, content=content))
        planned = {file.path: file for file in files}
        lock = Lock.load(self.root)
        desired = Desired(
            planned=planned,
            sources={path: plan.digest({}) for path, plan in planned.items()},
            origins=origins(planned, lock, self.formerly),
            rendered={path: plan.content or b"" for path, plan in planned.items()},
        )
        find = partial(base, self.root)
        changes = reconcile(desired, lock, Disk(self.root), find, options)
        if not changes.conflicts:
            apply(self.root, changes, {})
        return changes

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """A line, anywhere in any file."""
        if not self.files():
            return
        path = data.draw(st.sampled_from(self.files()))
        lines = path.read_bytes().splitlines(keepends=True)
        position = data.draw(st.integers(0, len(lines)))
        self.count += 1
        line = f"# mine {self.count}.".encode()
        path.write_bytes(b"".join([*lines[:position], line + b"\n", *lines[position:]]))
        self.written.add(line)

    @rule(data=st.data())
    def change_a_line(self, data: st.DataObject) -> None:
        """One that was generated becomes one of somebody's."""
        if not self.files():
            return
        path = data.draw(st.sampled_from(self.files()))
        lines = path.read_bytes().splitlines(keepends=True)
        generated = [number for number, line in enumerate(lines) if b"field_" in line]
        if not generated or b"# mine" in lines[number := data.draw(st.sampled_from(generated))]:
            return
        self.count += 1
        mine = f"# mine {self.count}.".encode()
        lines[number] = lines[number].rstrip(b"\n") + b"  " + mine + b"\n"
        path.write_bytes(b"".join(lines))
        self.written.add(mine)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if not self.files():
            return
        path = data.draw(st.sampled_from(self.files()))
        content = path.read_bytes()
        path.unlink()
        self.written = {line for line in self.written if line not in content or self._has(line)}

    @rule(name=st.sampled_from(_NAMES))
    def put_a_file_of_ones_own(self, name: str) -> None:
        path = self.root / "models" / name
        if path.exists():
            return
        self.count += 1
        path.parent.mkdir(exist_ok=True)
        line = f"# mine {self.count}.".encode()
        path.write_bytes(line + b"\n")
        self.written.add(line)

    @rule(name=st.sampled_from(_NAMES))
    def add_a_subject(self, name: str) -> None:
        if name in {each.module for each in self.subjects}:
            return
        self.count += 1
        self.subjects.append(Subject(f"ex:{self.count}", name))

    @precondition(lambda self: self.subjects)
    @rule()
    def remove_a_subject(self) -> None:
        self.subjects.pop(0)

    @precondition(lambda self: self.subjects)
    @rule(field=st.integers(1, 5))
    def change_a_subject(self, field: int) -> None:
        subject = self.subjects.pop()
        fields = tuple(sorted(set(subject.fields) ^ {field}))
        self.subjects.append(replace(subject, fields=fields))

    @precondition(lambda self: self.subjects)
    @rule(name=st.sampled_from(_NAMES), with_iri=st.booleans())
    def rename_a_subject(self, name: str, with_iri: bool) -> None:
        if name in {each.module for each in self.subjects}:
            return
        subject = self.subjects.pop(0)
        renamed = replace(subject, module=name)
        if with_iri:
            self.count += 1
            renamed = replace(renamed, iri=f"ex:{self.count}")
            self.formerly[renamed.iri] = subject.iri
        self.subjects.append(renamed)

    @precondition(lambda self: len(self.subjects) > 1)
    @rule()
    def swap_two_names(self) -> None:
        first, second, *others = self.subjects
        self.subjects = [
            replace(first, module=second.module),
            replace(second, module=first.module),
            *others,
        ]

    @rule()
    def upgrade(self) -> None:
        """Another terapin, whose templates say something else."""
        self.header += 1

    @rule()
    def give_another_ontology(self) -> None:
        self.count += 1
        self.given = f"# given {self.count}\n".encode()

    @rule()
    def list_the_ontology_or_not(self) -> None:
        self.listed = not self.listed

    @rule(restore=st.booleans(), markers=st.booleans(), in_place=st.booleans())
    def regenerate(self, restore: bool, markers: bool, in_place: bool) -> None:
        changes = self.generate(Options(restore=restore, markers=markers), in_place=in_place)
        if not changes.conflicts:
            again = self.generate(Options(), in_place=in_place)
            assert again.empty, again.changes
            assert not again.conflicts

    @invariant()
    def every_line_is_still_there(self) -> None:
        lost = {line for line in self.written if not self._has(line)}
        assert not lost

    def _has(self, line: bytes) -> bool:
        return any(line in path.read_bytes() for path in self.files())


TestProject = Project.TestCase
TestProject.settings = settings(
    max_examples=600 if _DEEP else 100,
    stateful_step_count=40,
    deadline=None,
    derandomize=not _DEEP,
    suppress_health_check=list(HealthCheck),
)
