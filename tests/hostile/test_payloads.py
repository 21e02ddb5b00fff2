"""Every hostile text in every place of an ontology: refused, or a constant like any other.

What is generated is compared with what is generated from the harmless twin of the same model: the same
files, and in each the same structure but for the constants. Names, which both have, are plain identifiers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner, Result

from terapin.cli import main
from terapin.model import ServiceModel
from terapin.model.naming import package_name
from terapin.ontology import Compilation
from terapin.project.generate import plan
from terapin.project.plan import Project
from terapin.project.render import render
from tests.ontologies import compiled_sources

from .payloads import PAYLOADS
from .places import PLACES, ontology
from .structure import structure
from .twins import harmless, is_name, names_of
from .watch import watching

STATE = PurePosixPath(".terapin")
Layers = tuple[str, ...]
DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"


def places_of(payload: str) -> list[str]:
    """All for a published case; else a fourth, another one for the next payload."""
    if DEEP or payload.startswith(("CVE-", "GHSA-")):
        return list(PLACES)
    return list(PLACES)[list(PAYLOADS).index(payload) % 4 :: 4]


def layers_of(payload: str) -> list[Layers]:
    """Without GraphQL and with it, or by turns: not in step with the places."""
    both: list[Layers] = [(), ("graphql",)]
    return both if DEEP else [both[list(PAYLOADS).index(payload) // 4 % 2]]


def test_there_is_much_to_try() -> None:
    assert sum(len(places_of(payload)) for payload in PAYLOADS) > 2000


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        pytest.param(name, layers, id=" with ".join([name, *layers]))
        for name in PAYLOADS
        for layers in layers_of(name)
    ],
)
def test_payload(name: str, layers: Layers, tmp_path: Path) -> None:
    payload = PAYLOADS[name]
    places = places_of(name)
    alone = {place: read({place: payload}, layers) for place in places}
    refused = {place: each for place, each in alone.items() if not is_good(each)}
    for compilation in refused.values():
        assert_clear(compilation)
    if refused:
        assert_nothing_written(tmp_path / "refused", {next(iter(refused)): payload}, layers)
    accepted = {place: payload for place in places if place not in refused}
    for number, values in enumerate(together(accepted, layers)):
        assert_harmless(tmp_path / f"accepted{number}", values, layers)


def read(values: Mapping[str, str], layers: Layers) -> Compilation:
    return compiled_sources({"ontology.ttl": ontology(values)}, layers=layers)


def is_good(compilation: Compilation) -> bool:
    return compilation.model is not None and package_name(compilation.model.name) is not None


def together(values: Mapping[str, str], layers: Layers) -> Iterator[dict[str, str]]:
    """As few ontologies as have all of them: names that are the same cannot stand in one."""
    if is_good(read(values, layers)):
        yield dict(values)
        return
    first: dict[str, str] = {}
    rest: dict[str, str] = {}
    for name, text in values.items():
        into = first if is_good(read({**first, name: text}, layers)) else rest
        into[name] = text
    yield first
    yield from together(rest, layers)


def assert_clear(compilation: Compilation) -> None:
    """A message without anything that a terminal would obey; a name that no package can have is told later."""
    shown = compilation.as_text()
    assert compilation.model or shown.startswith("error[") or "\nerror[" in shown
    assert all(character.isprintable() or character in "\n\t" for character in shown)


def assert_nothing_written(directory: Path, values: Mapping[str, str], layers: Layers) -> None:
    result, out = generated(directory, values, layers)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "error" in result.stderr
    assert not out.exists()


def assert_harmless(directory: Path, values: Mapping[str, str], layers: Layers) -> None:
    model = read(values, layers).model
    assert model
    assert all(map(is_name, names_of(model)))
    result, out = generated(directory, values, layers)
    assert result.exit_code == 0, result.output
    written = {
        PurePosixPath(path.relative_to(out).as_posix()): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    assert_state(written, layers)
    assert written.pop(PurePosixPath("ontology/ontology.ttl")).decode() == ontology(values)
    expected = twin(model)
    own = {path for path in written if STATE in path.parents or path.name == "terapin.toml"}
    assert written.keys() - own == expected.keys()
    for path, content in expected.items():
        assert structure(path, written[path]) == structure(path, content), path


def assert_state(written: Mapping[PurePosixPath, bytes], layers: Layers) -> None:
    names = json.loads(written[STATE / "names.json"])
    assert all(is_name(name) for roles in names.values() for name in roles.values())
    assert structure(PurePosixPath("terapin.toml"), written[PurePosixPath("terapin.toml")]) == {
        "name": "str",
        "ontology": ["str"],
        "with": ["str"] * len(layers),
    }


def twin(model: ServiceModel) -> dict[PurePosixPath, bytes]:
    package = package_name(model.name)
    assert package
    assert is_name(package)
    project = Project(model=harmless(model), package=package)
    return render({file.path: file for file in plan(project)})


def generated(directory: Path, values: Mapping[str, str], layers: Layers) -> tuple[Result, Path]:
    directory.mkdir()
    source, out = directory / "ontology.ttl", directory / "out"
    source.write_bytes(ontology(values).encode())
    with watching(out) as watch:
        asked = [argument for layer in layers for argument in ("--with", layer)]
        result = CliRunner().invoke(main, ["generate", str(source), "--out", str(out), *asked])
    assert not watch.violations
    return result, out
