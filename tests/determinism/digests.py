"""For each of the ontologies: one line, the digest of what its shuffles are generated to; several if they differ.

A program, since hash seed and locale are those of a process. Its arguments are the first seed and the one
after the last, and the files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from terapin.ontology import Source, compile_sources
from terapin.project.generate import plan
from terapin.project.model_file import dump_model
from terapin.project.plan import Project, digest
from terapin.project.render import render, template_digests

from .shuffling import shuffled


def main(first: int, end: int, files: list[Path]) -> None:
    for path in files:
        turtle = path.read_text("utf-8")
        print(
            *sorted({generated(shuffled(turtle, seed, 1 + seed % 3)) for seed in range(first, end)})
        )


def generated(documents: list[str]) -> str:
    """Of terapin's own files, and of what every file is made from; of the files themselves where that is new."""
    sources = [Source(f"{number}.ttl", text) for number, text in enumerate(documents)]
    compilation = compile_sources(sources, name="service")
    assert compilation.model, compilation.as_text()
    planned = {
        file.path: file for file in plan(Project(model=compilation.model, package="service"))
    }
    made_from = {str(path): file.digest(template_digests()) for path, file in planned.items()}
    state = [
        json.dumps(made_from),
        compilation.names.dump(),
        dump_model(compilation.model).decode(),
    ]
    found = digest("\0".join(state).encode())
    if found not in _RENDERED:
        files = {path: file for path, file in planned.items() if file.content is None}
        written = render(files)
        _RENDERED[found] = digest(b"\0".join(written[path] for path in sorted(written)))
    return found + _RENDERED[found]


_RENDERED: dict[str, str] = {}

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [Path(argument) for argument in sys.argv[3:]])
