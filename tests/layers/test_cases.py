"""Golden files: for each case directory, the generated files that it holds, byte for byte.

With TERAPIN_UPDATE_CASES set they are written anew; review the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from terapin.ontology import compile_files
from terapin.project.generate import plan
from terapin.project.plan import Project
from terapin.project.render import render

CASES = Path(__file__).parents[1] / "cases" / "code"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_case(case: Path) -> None:
    compilation = compile_files([case / "ontology.ttl"], name="service")
    assert compilation.model is not None, compilation.diagnostics
    expected = {
        PurePosixPath(path.relative_to(case / "expected").as_posix()): path
        for path in (case / "expected").rglob("*")
        if path.is_file()
    }
    planned = {
        file.path: file
        for file in plan(Project(model=compilation.model, package="service"))
        if file.path in expected
    }
    assert planned.keys() == expected.keys()
    for path, content in render(planned).items():
        if "TERAPIN_UPDATE_CASES" in os.environ:
            expected[path].write_bytes(content)
        assert content.decode() == expected[path].read_text("utf-8")
