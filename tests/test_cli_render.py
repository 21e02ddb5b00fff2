"""What is shown when a template fails: the template, and what of the ontology it was rendering."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from terapin.cli.render import render
from tests.ontologies import KEY, PREFIXES

ONTOLOGY = (
    f'{PREFIXES}ex:Book a orm:Entity ;\n  orm:description "In print" ;\n  orm:fields (\n    {KEY}\n'
    '    [ orm:fieldName "title" ; orm:fieldType "String" ; orm:description "On its cover" ] ) .\n'
)
FIRST = PREFIXES.count("\n") + 1


def failure(tmp_path: Path, template: str, *options: str) -> str:
    (tmp_path / "shop.ttl").write_text(ONTOLOGY)
    (tmp_path / "list.txt").write_text(template)
    arguments = [str(tmp_path / "list.txt"), "--ontology", str(tmp_path / "shop.ttl"), *options]
    result = CliRunner().invoke(render, arguments)
    assert result.exit_code == 1
    return result.stderr.replace(f"{tmp_path}/", "")


EACH = "{% for model in models %}{% for field in model.fields %}"
END = "{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "place"),
    [
        (f"{EACH}{{{{ field.jsonName | date }}}}{END}", f"shop.ttl:{FIRST + 3}:21"),
        (f"{EACH}{{{{ field.name | upper | round }}}}{END}", f"shop.ttl:{FIRST + 3}:21"),
        (f"{EACH}{{{{ field.name | lenght }}}}{END}", None),
        ("{% for model in models %}{{ model.nam }}{% endfor %}", f"shop.ttl:{FIRST}:1"),
        (
            "{% for m in models %}{{ m.description | round }}{% endfor %}",
            f"shop.ttl:{FIRST + 1}:19",
        ),
        ("{{ service.nam }}", None),
        (
            "{% for row in sparql(query=\"SELECT ?d { ?f orm:fieldName 'title' ; orm:description ?d }\")"
            " %}{{ row.d | date }}{% endfor %}",
            f"shop.ttl:{FIRST + 4}:72",
        ),
        (
            '{% for row in sparql(query="SELECT ?e ?d { ?e a orm:Entity ; orm:description ?d }") %}'
            "{{ row.d | upper | date }}{% endfor %}",
            f"shop.ttl:{FIRST + 1}:19",
        ),
        (
            "{% for row in sparql(query=\"SELECT ?n { ?e a orm:Entity BIND('x' AS ?n) }\") %}"
            "{{ row.n | date }}{% endfor %}",
            None,
        ),
    ],
)
def test_the_place_in_the_ontology(tmp_path: Path, template: str, place: str | None) -> None:
    shown = failure(tmp_path, template)
    assert shown.startswith("error[template-error]: ")
    assert "--> list.txt:1:" in shown
    found = [line.strip(" :") for line in shown.splitlines() if ":::" in line]
    assert found == ([place] if place else [])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT ?e { ?e a nope:x }", "the prefix nope: of the query is not declared"),
        ("SELECT ?e { ?e a", "the query is not understood"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }", "the query is not understood: the SELECT"),
        ("ASK { ?s ?p ?o }", "a query is a SELECT"),
    ],
)
def test_queries(tmp_path: Path, query: str, message: str) -> None:
    shown = failure(tmp_path, f'{{{{ sparql(query="{query}") }}}}')
    assert f"function `sparql` failed: {message}" in shown
    assert "--> list.txt:1:4" in shown


def test_an_included_template_that_fails_is_the_one_shown(tmp_path: Path) -> None:
    (tmp_path / "item.txt").write_text("\n{{ model.nam }}\n")
    shown = failure(tmp_path, '{% for model in models %}{% include "item.txt" %}{% endfor %}')
    assert "--> item.txt:2:10" in shown
    assert "= note: called from list.txt:1:37" in shown


def test_a_context_that_nests_too_deeply(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    told = failure(tmp_path, "", "--context", str(tmp_path / "deep.json"))
    assert told.startswith("error: deep.json cannot be read as JSON")


def test_only_similar_names_are_suggested(tmp_path: Path) -> None:
    (tmp_path / "footer.txt").write_text("")
    assert "did you mean `footer.txt`?" in failure(tmp_path, '{% include "foter.txt" %}')
    assert "did you mean" not in failure(tmp_path, '{% include "head.txt" %}')


def test_lenience(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        ONTOLOGY.replace("@prefix xsd:", "@prefix unused:") + "skos:a skos:b 1 ."
    )
    (tmp_path / "list.txt").write_text("{{ models | length }}")
    arguments = [str(tmp_path / "list.txt"), "--ontology", str(tmp_path / "a.ttl")]
    assert CliRunner().invoke(render, arguments).exit_code == 1
    result = CliRunner().invoke(render, [*arguments, "--lenient"])
    assert (result.exit_code, result.stdout) == (0, "1")
