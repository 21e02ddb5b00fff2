from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from terapin.cli.check import check
from terapin.cli.explain import explain
from terapin.diagnostics.registry import rules
from tests.ontologies import KEY, PREFIXES

GOOD = f"{PREFIXES}ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
BAD = GOOD.replace('"UUID"', '"Uid"')


def checked(tmp_path: Path, text: str, *options: str) -> Result:
    path = tmp_path / "shop.ttl"
    path.write_text(text)
    return CliRunner().invoke(check, [str(path), *options])


def test_nothing_is_said_of_a_good_ontology_in_a_pipe(tmp_path: Path) -> None:
    result = checked(tmp_path, GOOD)
    assert (result.exit_code, result.output) == (0, "")


def test_a_bad_one_ends_with_one_and_a_summary(tmp_path: Path) -> None:
    result = checked(tmp_path, BAD)
    assert result.exit_code == 1
    assert result.output.startswith("error[unknown-type]: there is no type 'Uid'\n")
    assert result.output.endswith('= help: did you mean "UUID"?\n\n1 error\n')


def test_json(tmp_path: Path) -> None:
    result = checked(tmp_path, BAD, "--format", "json")
    assert result.exit_code == 1
    assert [each["code"] for each in json.loads(result.output)["diagnostics"]] == ["unknown-type"]


@pytest.mark.parametrize(
    ("form", "shown"), [("sarif", '"ruleId": "unknown-type"'), ("github", "::error file=")]
)
def test_forms_for_programs(tmp_path: Path, form: str, shown: str) -> None:
    result = checked(tmp_path, BAD, "--format", form)
    assert result.exit_code == 1
    assert shown in result.output


def test_lenience_takes_known_prefixes_with_a_warning(tmp_path: Path) -> None:
    text = GOOD.replace("@prefix orm: <http://api.example.org/orm#> .\n", "")
    assert checked(tmp_path, text).exit_code == 1
    result = checked(tmp_path, text, "--lenient")
    assert result.exit_code == 0
    assert result.output.startswith("warning[undeclared-prefix]: prefix 'orm:' is not declared\n")


def test_lenience_does_not_guess(tmp_path: Path) -> None:
    text = GOOD.replace("ex:", "shop:").replace("@prefix shop:", "@prefix ex:")
    assert checked(tmp_path, text, "--lenient").exit_code == 1


def test_no_ontology_is_wrong_usage() -> None:
    assert CliRunner().invoke(check, []).exit_code == 2


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("rel-unknown-target", "error[rel-unknown-target]: a relationship leads to"),
        ("orm:Entity", "orm:Entity: entity"),
        ("orm:abstract", "orm:abstract: abstract (not understood yet)"),
        ("http://api.example.org/orm#fieldType", "orm:fieldType: field type"),
        ("UUID", "UUID: a type of fields"),
        ("xsd:integer", "Integer: a type of fields"),
        ("http://www.w3.org/2001/XMLSchema#date", "Date: a type of fields"),
    ],
)
def test_explain(what: str, shown: str) -> None:
    result = CliRunner().invoke(explain, [what])
    assert result.exit_code == 0
    assert result.output.startswith(shown)


@pytest.mark.parametrize(
    ("what", "meant"),
    [
        ("rel-unknwon-target", "rel-unknown-target"),
        ("orm:entity", "orm:Entity"),
        ("tablename", "orm:tableName"),
        ("uuid", "UUID"),
    ],
)
def test_explain_asks_what_was_meant(what: str, meant: str) -> None:
    result = CliRunner().invoke(explain, [what])
    assert result.exit_code == 2
    assert f"did you mean {meant}?" in result.output


def test_explain_lists_the_codes() -> None:
    result = CliRunner().invoke(explain, [])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == len(rules())


def test_what_the_encoding_of_the_output_lacks_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "shop.ttl").write_text(GOOD.replace("UUID", "Строка"))
    done = subprocess.run(
        [sys.executable, "-m", "terapin", "check", str(tmp_path / "shop.ttl")],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert not done.stderr
    assert "Строка".encode("ascii", "backslashreplace") in done.stdout
