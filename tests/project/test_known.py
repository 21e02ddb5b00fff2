"""Digests that the last run found out are those that this one would find out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from terapin.ontology import compile_files
from terapin.project.generate import by_path, plan
from terapin.project.known import KNOWN, Known
from terapin.project.model_file import dump_model
from terapin.project.plan import Deferred, Project
from terapin.project.render import template_digests
from tests.any_ontology import ontologies
from tests.synthetic import ontology

ENTITIES = 6
EXAMPLES = 300 if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else 8


def renamed_table(text: str) -> str:
    return text.replace('"things2"', '"matters"')


def described(text: str) -> str:
    return text.replace(
        "ex:Thing3 a orm:Entity ;", 'ex:Thing3 a orm:Entity ; orm:description "3" ;'
    )


def related(text: str) -> str:
    more = 'rel:from ex:Thing1 ; rel:to ex:Thing4 ; rel:field "more"'
    return f"{text}ex:More a rel:ManyToMany ; {more} .\n"


def ordered(text: str) -> str:
    return text.replace("rel:to ex:Thing1 ;", 'rel:to ex:Thing1 ; rel:orderBy "-name" ;', 1)


def keyed(text: str) -> str:
    return text.replace('"id" ; orm:fieldType "UUID"', '"id" ; orm:fieldType "Integer"', 1)


def made(folder: Path, text: str) -> tuple[Project, bytes]:
    source = folder / "ontology.ttl"
    source.write_text(text)
    compiled = compile_files([source])
    assert compiled.model is not None, compiled.as_text()
    return Project(model=compiled.model, package="things"), dump_model(compiled.model)


def digested(folder: Path, text: str) -> dict[str, bool]:
    """By the path of each file that is about an entity, whether its view was made to know its digest."""
    project, dumped = made(folder, text)
    known, planned = Known.load(folder, dumped), by_path(plan(project))
    templates = template_digests()
    found = {path: known.digest(file, templates) for path, file in planned.items()}
    deferred = {
        str(path): "view" in vars(file.view)
        for path, file in planned.items()
        if isinstance(file.view, Deferred)
    }
    assert found == {path: file.digest(templates) for path, file in planned.items()}
    known.save(folder)
    return deferred


@pytest.mark.parametrize("change", [renamed_table, described, related, ordered, keyed])
def test_what_a_change_concerns_is_found_out_again(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    before = ontology(ENTITIES)
    after = change(before)
    assert after != before
    assert all(digested(tmp_path, before).values())
    again = digested(tmp_path, after)
    assert 0 < sum(again.values()) < len(again)
    assert any(digested(tmp_path, before).values())


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
)
@given(ontologies(), ontologies())
def test_whatever_an_ontology_becomes(before: str, after: str) -> None:
    """Their names are of the same few, so that one path is often another entity's."""
    with tempfile.TemporaryDirectory() as folder:
        for text in (before, after, before):
            digested(Path(folder), text)


def test_without_a_change_no_view_is_made(tmp_path: Path) -> None:
    digested(tmp_path, ontology(ENTITIES))
    assert not any(digested(tmp_path, ontology(ENTITIES)).values())


def test_a_new_field_concerns_an_entity_and_its_neighbours(tmp_path: Path) -> None:
    text = ontology(20)
    digested(tmp_path, text)
    field = '( [ orm:fieldName "title" ; orm:fieldType "Text" ; orm:nullable true ]'
    again = digested(tmp_path, text.replace("(", field, 1))
    assert {path for path, was_made in again.items() if was_made and "models" not in path} == {
        "things/schemas/thing0.py",
        "things/endpoints/thing0.py",
    }
    assert sum(was_made for path, was_made in again.items() if "models" in path) < 6


@pytest.mark.parametrize(
    "content", ["", "nonsense", "x\nnonsense", "x\na b things/models/thing0.py"]
)
def test_what_is_not_terapins_is_not_believed(content: str, tmp_path: Path) -> None:
    digested(tmp_path, ontology(ENTITIES))
    (tmp_path / KNOWN).write_text(content)
    assert all(digested(tmp_path, ontology(ENTITIES)).values())
