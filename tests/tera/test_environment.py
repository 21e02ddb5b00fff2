"""The interface to Python: registering, limits, and what belongs to an environment."""

from __future__ import annotations

import contextlib
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import terapin.tera
from terapin.tera import Environment, TemplateError

CASES = Path(__file__).parent / "cases"


def test_public_names() -> None:
    public = {name for name in vars(terapin.tera) if name[0].isupper()}
    assert public == set(terapin.tera.__all__)


def test_filters() -> None:
    environment = Environment({"t": "{{ 'ab' | repeat(times=2) }}{{ 'ab' | wrap(in='<', a=1) }}"})
    environment.register_filter("repeat", lambda value, times=1: value * times)
    environment.register_filter("wrap", lambda value, in_, **more: f"{in_}{value}{more}")
    assert environment.render("t", {}) == "abab<ab{'a': 1}"


def test_a_filter_replaces_a_builtin_also_after_rendering() -> None:
    environment = Environment({"t": "{{ 'ab' | upper }}"})
    assert environment.render("t", {}) == "AB"
    environment.register_filter("upper", str.title)
    assert environment.render("t", {}) == "Ab"


def test_functions_and_tests() -> None:
    environment = Environment({"t": "{{ add(a=1, b=2) }}{{ x is between(1, 3) }}"})
    environment.register_function("add", lambda a, b: a + b)
    environment.register_test("between", lambda value, low, high: low <= value <= high)
    assert environment.render("t", {"x": 2}) == "3true"


def test_the_error_of_a_filter_is_the_cause() -> None:
    environment = Environment({"t": "{{ 1 | broken }}"})
    error = ValueError("bad luck")

    def broken(_: object) -> None:
        raise error

    environment.register_filter("broken", broken)
    with pytest.raises(
        TemplateError, match="filter `broken` failed: ValueError: bad luck"
    ) as raised:
        environment.render("t", {})
    assert raised.value.__cause__ is error
    assert raised.value.column == 8


def test_a_key_error_of_a_filter_is_no_undefined_variable() -> None:
    environment = Environment({"t": "{{ x | find }}"})
    environment.register_filter("find", lambda value: {}[value])
    with pytest.raises(TemplateError, match="filter `find` failed: KeyError: 'k'"):
        environment.render("t", {"x": "k"})


def test_environment_variables_are_those_given() -> None:
    template = {"t": "{{ get_env(name='PATH', default='none') }}"}
    assert Environment(template).render("t", {}) == "none"
    assert Environment(template, env={"PATH": "x"}).render("t", {}) == "x"


def test_autoescape_suffixes() -> None:
    templates = {"a.html": "{{ '<' }}", "a.md": "{{ '<' }}"}
    environment = Environment(templates, autoescape_suffixes=(".md",))
    assert environment.render("a.html", {}) == "<"
    assert environment.render("a.md", {}) == "&lt;"


def test_render_str() -> None:
    environment = Environment({"lib": "{% macro m() %}m{% endmacro %}", "part": "p"})
    text = "{% import 'lib' as lib %}{{ lib::m() }}{% include 'part' %}{{ x }}"
    assert environment.render_str(text, {"x": "<"}) == "mp<"
    assert environment.render_str("{{ x }}", {"x": "<"}, name="a.html") == "&lt;"
    assert environment.render_str("{% macro m() %}n{% endmacro %}{{ self::m() }}", {}) == "n"
    with pytest.raises(TemplateError, match="--> <string>:1:4"):
        environment.render_str("{{ x }}", {})


def test_check_finds_every_broken_template() -> None:
    environment = Environment({"a": "{{", "b": "ok", "c": "{{ 1 | no }}", "d": "{% include 'x' %}"})
    assert [error.template for error in environment.check()] == ["a", "c", "d"]


def test_rendering_does_not_change_the_context() -> None:
    context = {"x": [1]}
    template = "{% set x = 2 %}{% set y = 3 %}{{ x }}{{ y }}"
    assert Environment({"t": template}).render("t", context) == "23"
    assert context == {"x": [1]}


RECURSION = {
    "macro": "{% macro m(n) %}{{ self::m(n=n) }}{% endmacro %}{{ self::m(n=1) }}",
    "two": (
        "{% macro a() %}{{ self::b() }}{% endmacro %}{% macro b() %}{{ self::a() }}{% endmacro %}"
        "{{ self::a() }}"
    ),
    "include": "{% include 'include' %}",
    "ping": "{% include 'pong' %}",
    "pong": "{% include 'ping' %}",
    "block": "{% block b %}{% include 'block' %}{% endblock %}",
}


@pytest.mark.parametrize("name", RECURSION)
def test_recursion_is_an_error(name: str) -> None:
    with pytest.raises(TemplateError, match="recurses more than 100 deep"):
        Environment(RECURSION).render(name, {})


def test_recursion_is_an_error_also_deep_in_python() -> None:
    environment = Environment(RECURSION, max_depth=10**6)
    with pytest.raises(TemplateError, match="macro `m` recurses too deep"):
        environment.render("macro", {})


def test_recursion_within_the_limit() -> None:
    macro = "{% macro m(n) %}{% if n %}.{{ self::m(n=n - 1) }}{% endif %}{% endmacro %}"
    assert Environment({"t": macro + "{{ self::m(n=99) }}"}).render("t", {}) == "." * 99


def test_steps_are_limited() -> None:
    loop = "{% for a in range(end=100) %}{% for b in range(end=100) %}{% endfor %}{% endfor %}"
    assert Environment({"t": loop}, max_steps=10_100).render("t", {}) == ""
    with pytest.raises(TemplateError, match="`for` exceeds the limit of 10099 steps"):
        Environment({"t": loop}, max_steps=10_099).render("t", {})

    branching = "{% macro m() %}{{ self::m() }}{{ self::m() }}{% endmacro %}"
    with pytest.raises(TemplateError):
        Environment({"t": branching + "{{ self::m() }}"}, max_steps=1000).render("t", {})


def test_long_ranges_are_refused() -> None:
    with pytest.raises(TemplateError, match="makes at most 10000000 numbers"):
        Environment({"t": "{{ range(end=1000000000000) }}"}).render("t", {})


DEEP = {
    "parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "arrays": "{{ " + "[" * 5000 + "]" * 5000 + " }}",
    "negations": "{{ " + "not " * 5000 + "1 }}",
    "indices": "{{ " + "a[" * 5000 + "0" + "]" * 5000 + " }}",
    "sums": "{{ 1" + " + 1" * 5000 + " }}",
    "conditions": "{% if x" + " and x" * 5000 + " %}{% endif %}",
    "filters": "{{ 'a'" + " | upper" * 5000 + " }}",
    "filtered conditions": "{% if x" + " | upper" * 5000 + " %}{% endif %}",
    "path": "{{ a" + ".b" * 5000 + " }}",
    "ifs": "{% if true %}" * 5000 + "{% endif %}" * 5000,
    "fors": "{% for a in [1] %}" * 5000 + "{% endfor %}" * 5000,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_an_error(name: str) -> None:
    with pytest.raises(TemplateError, match=r"nested more than|too long"):
        Environment(DEEP).render(name, {})


SOUP = st.lists(
    st.sampled_from(
        [
            *(
                "{{",
                "}}",
                "{%",
                "%}",
                "{#",
                "#}",
                "-",
                "(",
                ")",
                "[",
                "]",
                ",",
                "|",
                "~",
                "::",
                ".",
            ),
            *("==", "<", "+", "*", "%", "=", "'", '"', "`", "if", "elif", "else", "endif", "for"),
            *("in", "endfor", "set", "block", "endblock", "macro", "endmacro", "filter", "raw"),
            *("endfilter", "endraw", "include", "import", "as", "extends", "not", "is", "and"),
            *("defined", "upper", "default", "self", "super", "loop", "a", "b", "1", "2.5", "\n"),
            *("{{ a", "{% if a %}", "{% for a in b %}", "{% endif %}", "{% endfor %}", "é", "\x00"),
        ]
    ),
    max_size=30,
)


@given(SOUP, st.booleans())
@settings(max_examples=1000, deadline=None)
def test_whatever_is_written_there_is_no_other_error(parts: list[str], spaced: bool) -> None:
    template = (" " if spaced else "").join(parts)
    context: dict[str, object] = {"a": {"b": [1, "x"]}, "b": [1, 2], "loop": None}
    with contextlib.suppress(TemplateError):
        Environment({"t.html": template}, max_steps=1000).render("t.html", context)


def nested(template: str, inner: str, times: int) -> str:
    return inner if not times else template.replace("@", nested(template, inner, times - 1))


@pytest.mark.parametrize(
    "template",
    [
        *(
            "a is containing(@)",
            "not (@)",
            "(@) and (@ | length) > 0",
            "[@]",
            "x[@]",
            "(@ | upper)",
        ),
        *("a | default(value=@)", "range(end=@)", "(@) in [@]", "1 + (@) * 2 - (@ | round)"),
        *("(a.b.c | upper | lower) == (@) or not a[@ | int] is defined", "a ~ (@) ~ (@)"),
    ],
)
def test_the_limits_keep_within_those_of_python(template: str) -> None:
    single = template.split("@")[0] + "@" + template.rsplit("@", 1)[1]
    for times in range(40):
        expression = nested(single, "a", times)
        for text in (f"{{{{ {expression} }}}}", f"{{% if {expression} %}}{{% endif %}}"):
            with contextlib.suppress(TemplateError):
                Environment({"t": text}).render("t", {"a": "x"})


def test_nesting_up_to_the_limit() -> None:
    loops = "{% for a in [1] %}" * 18 + "{{ a }}" + "{% endfor %}" * 18
    assert Environment({"t": loops}).render("t", {}) == "1"
    parentheses = "(" * 20 + "1" + ")" * 20
    assert Environment({"t": f"{{{{ {parentheses} }}}}"}).render("t", {}) == "1"
    sums = "1" + " + 1" * 70
    assert Environment({"t": f"{{{{ {sums} }}}}"}).render("t", {}) == "71"
    assert Environment({"t": "{{ 'a' " + "~ 'b'" * 500 + " }}"}).render("t", {}) == "a" + "b" * 500
    branches = "{% if false %}" + "{% elif x %}" * 500 + "{% endif %}"
    assert Environment({"t": branches}).render("t", {}) == ""


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)*$", "(?=a)", r"(a)\1", "((a*)b?)*", "a" * 501]
)
def test_patterns_are_bounded(pattern: str) -> None:
    environment = Environment({"t": "{{ x is matching(pattern) }}"})
    with pytest.raises(TemplateError, match="test `matching` takes"):
        environment.render("t", {"x": "a" * 40, "pattern": pattern})


def test_long_texts_are_not_matched() -> None:
    environment = Environment({"t": "{{ x is matching('a') }}"})
    with pytest.raises(TemplateError, match="takes at most 10000 characters"):
        environment.render("t", {"x": "a" * 10_001})


def test_errors_can_be_pickled() -> None:
    with pytest.raises(TemplateError) as raised:
        Environment({"t": "{{ x }}"}).render("t", {"y": 1})
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_the_template_of_the_guide() -> None:
    template = (CASES / "guide.py.tera").read_text()
    context = {
        "service": {"name": "Blog", "description": "A blog", "version": "1.0.0"},
        "models": [
            {"typeName": "User", "fields": [{"name": "email", "type": "str"}]},
            {
                "typeName": "Post",
                "fields": [{"name": "id", "type": "int"}, {"name": "title", "type": "str"}],
            },
        ],
        "endpoints": [
            {
                "method": "GET",
                "path": "/users/{id}",
                "operationId": "get_user",
                "parameters": [{"name": "id", "type": "int"}],
                "responseType": "User",
                "description": "One user",
            }
        ],
    }
    expected = (CASES / "guide.py.expected").read_text()
    assert Environment({"service.py": template}).render("service.py", context) == expected
