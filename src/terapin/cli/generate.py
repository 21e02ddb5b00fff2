from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

import click

from ..project.errors import ProjectError
from ..project.manifest import MANIFEST, Manifest
from .failures import fail, failing, warn

if TYPE_CHECKING:
    from ..model.names import Names
    from ..project.plan import PlannedFile
    from ..project.reconcile import ChangeSet


@click.command()
@click.argument("ontology", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The project's directory.")
@click.option("--name", help="Import name and command; by default after the service.")
@click.option("--with", "layers", multiple=True, help="A layer that the ontology does not ask for.")
@click.option("--restore", is_flag=True, help="Write files again that were deleted.")
@failing
def generate(
    ontology: tuple[Path, ...],
    out: Path | None,
    name: str | None,
    layers: tuple[str, ...],
    restore: bool,
) -> None:
    """Write the service of an ONTOLOGY to a directory, or bring a project up to date.

    In a project, without arguments: what it is made from stands in its terapin.toml.
    """
    root = out or Path()
    manifest = _manifest(root, ontology, out, name, layers)
    files = ontology or tuple(root / path for path in manifest.ontology)
    _generate(root, manifest, files, restore=restore)


def _manifest(
    root: Path,
    ontology: tuple[Path, ...],
    out: Path | None,
    name: str | None,
    layers: tuple[str, ...],
) -> Manifest:
    known = Manifest.load(root)
    if ontology and out is None:
        raise click.UsageError("say where to write it: --out DIRECTORY")
    if not ontology and known is None:
        raise click.UsageError(
            f"there is no {MANIFEST} in {root.resolve()}: "
            "name an ontology and --out, or begin with `terapin new`"
        )
    if layers:
        fail(
            f"there is no layer {layers[0]!r} to ask for",
            "every layer that exists is always written",
        )
    if known and name and name != known.name:
        fail(
            f"the project at {root} is called {known.name}, not {name}",
            "generate another name into another directory",
        )
    if not ontology:
        assert known is not None
        return known
    files = tuple(f"ontology/{path.name}" for path in ontology)
    if len(set(files)) < len(files):
        fail("two ontology files have the same name", "rename one: they lie in one directory later")
    return Manifest(known.name if known else name or "", files, layers)


def _generate(root: Path, manifest: Manifest, ontology: tuple[Path, ...], *, restore: bool) -> None:
    from ..project.apply import apply
    from ..project.generate import generate
    from ..project.lock import MODEL, NAMES
    from ..project.model_file import dump_model
    from ..project.plan import Project
    from .names import package_of
    from .progress import status
    from .report import compiled

    with status("checking the ontology"):
        found = compiled(ontology, name=manifest.name or None, pinned=_pinned(root))
    model = found.model
    package = package_of(manifest.name or model.name)
    manifest = Manifest(package, manifest.ontology, manifest.layers)
    sources = {
        path: file.read_bytes() for path, file in zip(manifest.ontology, ontology, strict=True)
    }
    project = Project(model=model, package=package, sources=sources, layers=manifest.layers)
    with status("generating"):
        changes = generate(project, root, (_manifest_file(root, manifest),), restore=restore)
    if changes.conflicts:
        _refuse(root, changes)
    with status("writing"):
        state = {NAMES: found.names.dump().encode(), MODEL: dump_model(model)}
        apply(root, changes, state)
    _tell(root, changes)


def _pinned(root: Path) -> Names:
    from ..model.names import Names, NamesError
    from ..project.lock import NAMES

    try:
        return Names.load((root / NAMES).read_text("utf-8"))
    except FileNotFoundError:
        return Names()
    except (NamesError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{NAMES} cannot be read: {error}",
            "it keeps the names once given: restore it from version control",
        ) from error


def _manifest_file(root: Path, manifest: Manifest) -> PlannedFile:
    """A manifest that says the same in other words stays as it is."""
    from ..project.plan import PlannedFile

    same = Manifest.load(root) == manifest
    content = (root / MANIFEST).read_bytes() if same else manifest.dump()
    return PlannedFile(PurePosixPath(MANIFEST), "skeleton", content=content)


def _refuse(root: Path, changes: ChangeSet) -> NoReturn:
    lines = [f"{root / each.path} {each.reason}" for each in changes.conflicts]
    fail(
        f"{len(lines)} file{'s' * (len(lines) > 1)} would lose what somebody wrote; nothing was written",
        *lines,
        "move your change to a seeded file (services, handlers, extensions), move the file away, "
        "and run the same command with --restore, which writes what is missing",
    )


def _tell(root: Path, changes: ChangeSet) -> None:
    """On a terminal or in a pipe: what a person has to know, and nothing if nothing happened."""
    for path in changes.orphans:
        warn(f"{root / path} is no longer generated, but was edited: it is yours now")
    for path in changes.outdated:
        if path.match("migrations/versions/*"):
            warn(
                "the ontology's tables have changed since the first revision was written",
                f"in the project, after reviewing: alembic revision --autogenerate -m '...' ({path} stays)",
            )
    if changes.empty:
        click.echo(f"{root}: nothing has changed")
        return
    click.echo(f"{root}: {len(changes.writes)} files written, {len(changes.deletes)} deleted")
