"""Where we differ from the real Tera, and mean to. docs/reference/tera.md explains each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tera.oracle import Case, Oracle, ours

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "tera.md"
CONTEXT: dict[str, object] = {
    "number": 5,
    "list": [3, 1],
    "text": "a<b",
    "smallest": -(2**63),
    "truest": "yes",
    "marked": "e\u0301a",
    "wide": {"name": "outer"},
    "narrow": [{"x": 1}],
}


@dataclass(frozen=True)
class Difference:
    """A template, or several of which the last is rendered; None stands for an error."""

    title: str
    template: str | dict[str, str]
    theirs: str | None
    ours: str | None
    context: dict[str, object] = field(default_factory=lambda: CONTEXT)
    name: str = "t.txt"

    def case(self) -> Case:
        templates = self.template
        if isinstance(templates, str):
            templates = {self.name: templates}
        return Case(templates, self.context)


def accepted(title: str, template: str | dict[str, str], output: str) -> Difference:
    return Difference(title, template, None, output)


def refused(title: str, template: str, output: str) -> Difference:
    return Difference(title, template, output, None)


def html(title: str, template: str, theirs: str, ours: str) -> Difference:
    return Difference(title, template, theirs, ours, name="t.html")


SELF_IN_BLOCK = {
    "lib": "{% macro outer() %}{{ self::inner() }}{% endmacro %}{% macro inner() %}lib{% endmacro %}",
    "base": "{% block b %}{% endblock %}",
    "leaf": (
        "{% extends 'base' %}{% import 'lib' as lib %}{% macro inner() %}leaf{% endmacro %}"
        "{% block b %}{{ lib::outer() }}{% endblock %}"
    ),
}
EXTENDED_INCLUDE = {
    "base": "<{% block b %}{% endblock %}>",
    "part": "{% extends 'base' %}{% block b %}x{% endblock %}",
    "t": "{% include 'part' %}",
}
ELSE = "{% for x in [] %}{% else -%} none {%- endfor %}"

DIFFERENCES = [
    # Written by more people than Tera's grammar allows
    accepted("parentheses anywhere", "{{ not (number == 5) }}", "false"),
    accepted("parentheses anywhere", "{{ (number | abs) + 1 }}", "6"),
    accepted("parentheses anywhere", "{{ 'x' ~ (number) }}", "x5"),
    accepted("any expression as an index", "{{ list[0 + 1] }}", "1"),
    accepted("white space in paths", "{{ list[ 0 ] }}", "3"),
    accepted("tests of any value", "{{ 1 is odd }}", "true"),
    accepted("loops over any expression", "{% for c in 'ab' %}{{ c }},{% endfor %}", "a,b,"),
    accepted("nested arrays", "{{ [[1], [2]] }}", "[[1], [2]]"),
    accepted("filters behind `in`", "{{ 3 in list | reverse }}", "true"),
    accepted("names that begin like a keyword", "{{ truest }}", "yes"),
    accepted("empty comments", "a{##}b", "ab"),
    accepted("functions as conditions", "{% if range(end=2) %}y{% endif %}", "y"),
    accepted(
        "blocks anywhere",
        "{% for x in [1, 2] %}{% block b %}{{ x }}{% endblock %}{% endfor %}",
        "12",
    ),
    accepted("included templates may extend", EXTENDED_INCLUDE, "<x>"),
    # Errors where Tera goes on
    refused(
        "unknown names are errors everywhere", "{% if not number %}{{ 1 | no }}{% endif %}", ""
    ),
    refused("unknown arguments are errors", "{{ text | truncate(len=1) }}", "a<b"),
    refused("errors in conditions are errors", "{% if number | upper %}y{% endif %}", ""),
    refused("bounded patterns", "{{ text is matching('(a+)+$') }}", "false"),
    # Results that Tera gets wrong
    Difference(
        "filters in conditions count",
        "{% if 'a' | trim_start_matches(pat='a') %}y{% endif %}",
        "y",
        "",
    ),
    Difference("`not` negates once", "{{ not 1 == 2 }}", "false", "true"),
    Difference("`not` negates once", "{% if not number == 'x' %}y{% endif %}", "", "y"),
    html("all printed text is escaped", "{{ '<' ~ text }}", "<a<b", "&lt;a&lt;b"),
    html(
        "all printed text is escaped", "{{ list | concat(with='<') }}", "[3, 1, <]", "[3, 1, &lt;]"
    ),
    html("a default is escaped once", "{{ none | default(value='<') }}", "&amp;lt;", "&lt;"),
    html(
        "comparisons see text as it is",
        "{% if text | safe == 'a<b' %}y{% else %}n{% endif %}",
        "n",
        "y",
    ),
    Difference("white space control everywhere", ELSE, " none ", "none"),
    Difference("white space control everywhere", "{#- start -#} text", " text", "text"),
    Difference(
        "a loop variable hides what is outside",
        "{% for wide in narrow %}{{ wide.name }}{% endfor %}",
        "outer",
        None,
    ),
    Difference("`self` is where it is written", SELF_IN_BLOCK, "leaf", "lib"),
    Difference(
        "characters are counted as they are shown",
        "{% for c in marked %}{{ loop.index }}{% endfor %}",
        "123",
        "12",
    ),
    Difference("slugs of other scripts", "{{ '北京 x' | slugify }}", "bei-jing-x", "x"),
    Difference("the smallest integer", "{{ smallest | abs }}", str(-(2**63)), str(2**63)),
    refused("the environment is not visible", "{{ get_env(name='PATH') | length > 0 }}", "true"),
]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: d.title)
def test_differs_as_listed(oracle: Oracle, difference: Difference) -> None:
    case = difference.case()
    assert (oracle(case).output, ours(case).output) == (difference.theirs, difference.ours)


def test_every_difference_is_documented() -> None:
    page = REFERENCE.read_text()
    missing = {d.title for d in DIFFERENCES if f"**{d.title}**" not in page}
    assert not missing
