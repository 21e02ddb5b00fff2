"""Generating whenever the ontology is saved."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..project.errors import ProjectError
from ..project.manifest import MANIFEST
from .failures import tell_error
from .project import Target

if TYPE_CHECKING:
    from .run import Wishes

_INTERVAL = 0.05
_Stamps = dict[Path, tuple[int, int, int] | None]


def forever(find: Callable[[], Target], wishes: Wishes) -> None:
    """Until Ctrl-C; whatever is wrong with what was saved is told, and the next save is waited for."""
    _warm()
    watched = (find().root / MANIFEST, *find().ontology)
    seen: _Stamps = {}
    try:
        while True:
            if (now := _stamps(watched)) != seen:
                seen = now
                watched = _generate(find, wishes) or watched
                gc.collect()
            time.sleep(_INTERVAL)
    except KeyboardInterrupt:
        click.echo()


def _warm() -> None:
    """What the first save would otherwise wait for."""
    from ..evolution import judging  # noqa: F401
    from ..ontology import compile_files  # noqa: F401
    from ..project import fingerprint, generate, modules  # noqa: F401
    from ..project.render import environment

    environment()


def _generate(find: Callable[[], Target], wishes: Wishes) -> tuple[Path, ...] | None:
    """What to watch from now on, if that can be said."""
    from .run import run

    started = time.perf_counter()
    try:
        target = find()
        run(target, wishes)
    except ProjectError as error:
        tell_error(error.message, *error.notes)
    except OSError as error:
        tell_error(f"{error.filename}: {error.strerror}")
    except click.UsageError as error:
        tell_error(error.message)
    else:
        return (target.root / MANIFEST, *target.ontology)
    finally:
        elapsed = time.perf_counter() - started
        click.echo(f"[{elapsed:.2f} s] waiting for the next save, Ctrl-C ends")
    return None


def _stamps(paths: tuple[Path, ...]) -> _Stamps:
    """What changes when a file is saved, in place or by putting another there."""
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
