"""Migrations of a service whose database comes and goes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from terapin.evolution.change import changed
from terapin.evolution.difference import difference
from terapin.layers import migrations
from terapin.model import ServiceModel
from terapin.ontology import compile_files
from terapin.project.history import FIRST, VERSIONS, History, Revision
from terapin.project.plan import Ownership, PlannedFile, Project

CASES = Path(__file__).parents[1] / "cases" / "code"
FIRST_REVISION = Revision("0001", (), FIRST)


def model(case: str) -> ServiceModel:
    compiled = compile_files([CASES / case / "ontology.ttl"], name="service").model
    assert compiled
    return compiled


RELATIONAL, DOCUMENTS = model("one_to_many"), model("on_mongodb")


def history(old: ServiceModel, new: ServiceModel, *revisions: Revision) -> History:
    change = changed(old, new)
    return History(change, difference(change), revisions)


def planned(
    model: ServiceModel, history: History | None = None
) -> dict[PurePosixPath, PlannedFile]:
    project = Project(model=model, package="service", history=history)
    return {file.path: file for file in migrations.plan(project)}


def test_there_are_none_without_a_database() -> None:
    assert not planned(DOCUMENTS)


def test_a_database_that_comes_later_begins_like_any_other() -> None:
    later = history(DOCUMENTS, RELATIONAL)
    assert planned(RELATIONAL, later) == planned(RELATIONAL)


def test_a_beginning_that_was_interrupted_is_the_same_again() -> None:
    later = history(DOCUMENTS, RELATIONAL, FIRST_REVISION)
    assert planned(RELATIONAL, later) == planned(RELATIONAL)


def test_a_database_that_goes_leaves_a_history_that_another_can_follow() -> None:
    gone = planned(DOCUMENTS, history(RELATIONAL, DOCUMENTS, FIRST_REVISION))
    assert [each.ownership for each in gone.values()] == [Ownership.APPENDED]
    [path] = gone
    last = Revision("cafe", ("0001",), path)
    back = planned(RELATIONAL, history(DOCUMENTS, RELATIONAL, FIRST_REVISION, last))
    [revision] = [each for each in back if each.parent == VERSIONS]
    assert revision.name.startswith("0003_")
