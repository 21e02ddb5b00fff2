"""What a generation costs grows as its entities do. Calls are counted: unlike seconds, they are the same each time."""

from __future__ import annotations

import cProfile
from pathlib import Path

from terapin.ontology import compile_files
from terapin.project.generate import generate
from terapin.project.plan import Project
from tests.synthetic import ontology


def calls(entities: int, folder: Path) -> int:
    """Of everything from the ontology to the formatted files of a new project."""
    source = folder / f"{entities}.ttl"
    source.write_text(ontology(entities))
    with cProfile.Profile() as profile:
        model = compile_files([source]).model
        assert model is not None
        generate(Project(model=model, package="synthetic"), folder / "project")
    return sum(entry.callcount for entry in profile.getstats())


def test_the_cost_of_an_entity_does_not_grow_with_their_number(tmp_path: Path) -> None:
    calls(1, tmp_path)  # imports, templates
    few, more, many = (calls(entities, tmp_path) for entities in (40, 80, 160))
    assert (many - more) / 80 <= (more - few) / 40 * 1.05
