"""What `generate`, `diff`, `why` and `upgrade` share: which project, from which ontology, and what that comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

import click

from ..layers.toml import quoted
from ..project.errors import ProjectError
from ..project.manifest import MANIFEST, Manifest
from .options import LENIENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.names import Names
    from ..project.changes import ChangeSet
    from ..project.known import Known
    from ..project.plan import PlannedFile, Project
    from ..project.reconcile import Options
    from .report import Compiled

# Layers that are written where the ontology asks for them, or somebody does.
OPTIONAL = ("graphql",)

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Target:
    """The project at `root`, and the files of its ontology as they were named."""

    root: Path
    manifest: Manifest
    ontology: tuple[Path, ...]
    lenient: bool = False


def project_options(command: F) -> F:
    """The arguments from which `target` is found."""
    for option in (
        LENIENT,
        click.option(
            "--with", "layers", multiple=True, help="A layer that the ontology does not ask for."
        ),
        click.option("--name", help="Import name and command; by default after the service."),
        click.option("--out", type=click.Path(path_type=Path), help="The project's directory."),
        click.argument("ontology", nargs=-1, type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


def target(
    ontology: tuple[Path, ...] = (),
    out: Path | None = None,
    name: str | None = None,
    layers: tuple[str, ...] = (),
    *,
    lenient: bool = False,
) -> Target:
    """Raises UsageError where the arguments do not say it, ProjectError where they cannot be."""
    root = out or (Path() if ontology else project_root(Path()) or Path())
    known = Manifest.load(root)
    if ontology and out is None:
        raise click.UsageError("say where to write it: --out DIRECTORY")
    if not ontology and known is None:
        raise click.UsageError(
            f"there is no {MANIFEST} in {root.resolve()}: "
            "name an ontology and --out, or begin with `terapin new`"
        )
    asked = tuple(dict.fromkeys((*(known.layers if known else ()), *layers)))
    if unknown := [each for each in asked if each not in OPTIONAL]:
        raise ProjectError(
            f"there is no layer {unknown[0]!r} to ask for",
            f"there is {', '.join(OPTIONAL)}; every other layer is always written",
        )
    if known and asked != known.layers:
        raise ProjectError(
            f"the project at {root} was not asked for {', '.join(layers)}",
            f"write it into {MANIFEST}: with = [{', '.join(map(quoted, asked))}]",
        )
    if known and name and name != known.name:
        raise ProjectError(
            f"the project at {root} is called {known.name}, not {name}",
            "generate another name into another directory",
        )
    if not ontology:
        assert known is not None
        return Target(root, known, tuple(root / path for path in known.ontology), lenient)
    files = tuple(f"ontology/{path.name}" for path in ontology)
    if len(set(files)) < len(files):
        raise ProjectError(
            f"two ontology files have the same name: {', '.join(map(str, ontology))}",
            "rename one: they lie in one directory later",
        )
    manifest = Manifest(known.name if known else name or "", files, asked)
    return Target(root, manifest, ontology, lenient)


def project_root(path: Path) -> Path | None:
    """The closest directory that is a project, at a path or above it."""
    levels = 0 if path.is_absolute() else len(Path.cwd().parts)
    above = [Path(*[".."] * level) for level in range(1, levels)]
    return next(
        (each for each in (path, *path.parents, *above) if (each / MANIFEST).is_file()), None
    )


@dataclass(frozen=True)
class Prepared:
    """A target whose ontology has no errors.

    `read` has the ontology's files as they were read, by name; `model` is how it is kept for the next run.
    """

    target: Target
    compiled: Compiled
    project: Project
    read: Mapping[str, bytes]
    model: bytes

    @cached_property
    def extra(self) -> tuple[PlannedFile, ...]:
        """The manifest, unless there is one that says the same in other words."""
        from ..project.plan import Ownership, PlannedFile

        manifest = self.target.manifest
        if Manifest.load(self.target.root) == manifest:
            return ()
        path = PurePosixPath(MANIFEST)
        return (PlannedFile(path, "skeleton", Ownership.SOURCE, content=manifest.dump()),)

    @cached_property
    def known(self) -> Known:
        from ..project.known import Known

        return Known.load(self.target.root, self.model)

    @property
    def state(self) -> Mapping[PurePosixPath, bytes]:
        """Terapin's own files, as they are to be after the run."""
        from ..project.lock import MODEL, NAMES

        return {NAMES: self.compiled.names.dump().encode(), MODEL: self.model}

    def may_follow(self, *, allow_destructive: bool) -> bool:
        """Whether the database may follow the change since the last run; tells what there is to say about it."""
        from ..diagnostics import Severity
        from ..evolution.judging import objections
        from .report import tell_diagnostics

        history, ontology = self.project.history, self.compiled.ontology
        if history is None or history.change is None:
            return True
        found = objections(
            history.change,
            shorten=lambda iri: ontology.shorten(f"<{iri}>"),
            allow_destructive=allow_destructive,
        )
        tell_diagnostics(replace(self.compiled.compilation, diagnostics=found))
        return all(each.severity is not Severity.ERROR for each in found)

    def changes(self, options: Options) -> ChangeSet:
        from ..project.generate import generate
        from .progress import status

        with status("generating"):
            return generate(self.project, self.target.root, self.extra, options, self.known)


def prepare(target: Target) -> Prepared | None:
    """Reads the ontology and tells what is to be told of it; None after an error."""
    from ..project.model_file import dump_model
    from ..project.plan import Project
    from ..project.revisions import read_history
    from .names import package_of
    from .progress import status
    from .report import compile_and_tell

    manifest = target.manifest
    with status("checking the ontology"):
        compiled = compile_and_tell(
            target.ontology,
            name=manifest.name or None,
            pinned=_pinned(target.root),
            lenient=target.lenient,
            layers=manifest.layers,
        )
    if compiled is None:
        return None
    package = package_of(manifest.name or compiled.model.name)
    target = replace(target, manifest=replace(manifest, name=package))
    data = {Path(each.name).resolve(): each.data for each in compiled.compilation.sources}
    given = dict(zip(manifest.ontology, target.ontology, strict=True))
    model = dump_model(compiled.model)
    project = Project(
        model=compiled.model,
        package=package,
        sources={
            path: data[file.resolve()]
            for path, file in given.items()
            if file.resolve() != (target.root / path).resolve()
        },
        layers=manifest.layers,
        history=read_history(target.root, compiled.model, model),
    )
    read = {file.name: data[file.resolve()] for file in target.ontology}
    return Prepared(target, compiled, project, read, model)


def _pinned(root: Path) -> Names:
    from ..model.names import Names, NamesError
    from ..project.lock import NAMES

    try:
        return Names.load((root / NAMES).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Names()
    except (NamesError, UnicodeDecodeError, OSError) as error:
        raise ProjectError(
            f"{NAMES} cannot be read: {error}",
            "it keeps the names once given: restore it from version control",
        ) from error
