"""Whatever an ontology says, GraphQL shows it: a schema that builds, prints and introspects, and says nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from terapin.model import naming
from terapin.ontology import compile_files
from tests.any_ontology import quoted
from tests.hostile.payloads import PAYLOADS
from tests.ontologies import KEY, PREFIXES, compiled_sources

from .conftest import REPOSITORY
from .shown import assert_shown
from .standing import model_of, write

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
GRAPHQL = ("graphql",)
FOLDERS = ("examples", "tests/cases/code", "tests/cases/projects", "../shared/ontologies")
# The rest of them in the deep profile.
SOME = ("blog", "hostile", "types", "guide", "across_sources", "graphql_in_part", "taken_names")


def ontologies() -> Iterator[tuple[str, Path]]:
    """Those that have entities, and are understood."""
    for folder in FOLDERS:
        for path in sorted((REPOSITORY / folder).rglob("*.ttl")):
            name = path.parent.name if path.stem == "ontology" else path.stem
            model = compile_files([path], layers=GRAPHQL).model if DEEP or name in SOME else None
            if model and model.graphql:
                yield name, path


def test_ontologies_of_the_repository(tmp_path: Path) -> None:
    found = dict(ontologies())
    assert {*SOME} <= found.keys()
    texts = {
        f"{name.replace('-', '_')}_service": path.read_text("utf-8") for name, path in found.items()
    }
    projects = {write(tmp_path / name, text, GRAPHQL): text for name, text in texts.items()}
    assert_shown({path: model_of(text, path.name, GRAPHQL) for path, text in projects.items()})


def test_hostile_texts(tmp_path: Path) -> None:
    """In each place from which a text could reach GraphQL; what an ontology cannot say there is left out."""
    text = "".join([PREFIXES, *_described(), *_valued(), *_named(), *_entities(), *_related()])
    project = write(tmp_path / "hostile_texts", text, GRAPHQL)
    assert_shown({project: model_of(text, project.name, GRAPHQL)})


def _described() -> Iterator[str]:
    fields = [
        f'[ orm:fieldName "f{number}" ; orm:fieldType "Text" ; orm:nullable true ; '
        f"orm:description {quoted(payload)} ; orm:default {quoted(payload)} ]"
        for number, payload in enumerate(PAYLOADS.values())
    ]
    yield from _entity("ex:Described", _accepted("ex:Described", fields))


def _valued() -> Iterator[str]:
    fields = [
        f'[ orm:fieldName "e{number}" ; orm:fieldType "Enum" ; orm:values ( "a" {quoted(payload)} ) ]'
        for number, payload in enumerate(PAYLOADS.values())
    ]
    yield from _entity("ex:Valued", _accepted("ex:Valued", fields))


def _named() -> Iterator[str]:
    fields = {
        naming.graphql_name(naming.attribute_name(payload)).casefold(): (
            f'[ orm:fieldName {quoted(payload)} ; orm:fieldType "String" ]'
        )
        for payload in PAYLOADS.values()
    }
    yield from _entity("ex:Named", _accepted("ex:Named", fields.values()))


def _entities() -> Iterator[str]:
    """Each has some files, so that there are fewer."""
    payloads = list(PAYLOADS.values()) if DEEP else list(PAYLOADS.values())[::4]
    made = {
        naming.class_name(payload).casefold(): "".join(
            _entity(
                f"ex:Entity{number}",
                (),
                f"orm:className {quoted(payload)} ; orm:description {quoted(payload)} ;",
            )
        )
        for number, payload in enumerate(payloads)
    }
    yield from (each for each in made.values() if _is_good(each))


def _related() -> Iterator[str]:
    """To themselves, by names that differ."""
    relations = {
        naming.attribute_name(payload).casefold(): (
            f"ex:relation{number} a rel:ManyToOne ; rel:from ex:Related ; rel:to ex:Related ; "
            f'rel:field {quoted(payload)} ; rel:inverseField "inverse{number}" ; '
            f'rel:foreignKey "key{number}" ; rel:nullable true .\n'
        )
        for number, payload in enumerate(PAYLOADS.values())
    }
    (entity,) = _entity("ex:Related", ())
    yield entity
    yield from (each for each in relations.values() if _is_good(entity + each))


def _accepted(iri: str, fields: Iterable[str]) -> list[str]:
    found = [each for each in fields if _is_good("".join(_entity(iri, [each])))]
    assert len(found) > len(PAYLOADS) // 3
    return found


def _entity(iri: str, fields: Iterable[str], terms: str = "") -> Iterator[str]:
    yield f"{iri} a orm:Entity ; {terms} orm:fields ( {KEY} {' '.join(fields)} ) .\n"


def _is_good(text: str) -> bool:
    return compiled_sources({"a.ttl": PREFIXES + text}, layers=GRAPHQL).model is not None
