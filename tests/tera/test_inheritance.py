"""Blocks, includes and macros; the real Tera has to agree with each expectation."""

from __future__ import annotations

from tests.tera.conftest import Check

BASE = "<{% block head %}H{% endblock %}|{% block body %}B{% endblock body %}>"


def test_extends(check: Check) -> None:
    leaf = "{% extends 'base' %}ignored{% block body %}b{% endblock %}"
    check({"base": BASE, "leaf": leaf}, "<H|b>")
    check({"base": BASE}, "<H|B>")


def test_super_over_several_levels(check: Check) -> None:
    templates = {
        "base": BASE,
        "middle": "{% extends 'base' %}{% block body %}({{ super() }}){% endblock %}",
        "leaf": "{% extends 'middle' %}{% block body %}[{{ super() }}]{% endblock %}",
    }
    check(templates, "<H|[(B)]>")


def test_super_skips_a_level_without_the_block(check: Check) -> None:
    templates = {
        "base": BASE,
        "middle": "{% extends 'base' %}{% block head %}h{% endblock %}",
        "leaf": "{% extends 'middle' %}{% block body %}{{ super() }}!{% endblock %}",
    }
    check(templates, "<h|B!>")


def test_blocks_in_blocks(check: Check) -> None:
    templates = {
        "base": "{% block outer %}<{% block inner %}1{% endblock %}>{% endblock %}",
        "middle": "{% extends 'base' %}{% block outer %}({{ super() }}){% endblock %}",
        "leaf": "{% extends 'middle' %}{% block inner %}{{ super() }}2{% endblock %}",
    }
    check(templates, "(<12>)")


def test_blocks_share_the_variables_of_their_template(check: Check) -> None:
    templates = {
        "base": "{% set x = 1 %}{% block a %}{% endblock %}{{ x }}{% block b %}{{ x }}{% endblock %}",
        "leaf": "{% extends 'base' %}{% block a %}{{ x }}{% set x = 2 %}{% endblock %}",
    }
    check(templates, "122")


def test_a_block_inside_if_overrides_nothing(check: Check) -> None:
    templates = {
        "base": "{% if true %}{% block a %}base{% endblock %}{% endif %}",
        "leaf": "{% extends 'base' %}{% if true %}{% block a %}leaf{% endblock %}{% endif %}",
    }
    check(templates, "base")
    templates["leaf"] = "{% extends 'base' %}{% block a %}leaf{% endblock %}"
    check(templates, "leaf")


def test_space_around_extends_and_imports_is_dropped(check: Check) -> None:
    templates = {
        "lib": "{% macro m() %}m{% endmacro %}",
        "t": "\n {% import 'lib' as lib %}\n\n {% import 'lib' as bib %}\n x{{ lib::m() }}",
    }
    check(templates, "xm")
    templates["t"] = "{% import 'lib' as lib %}{% raw %} {% endraw %}x"
    check(templates, " x")
    templates["t"] = "{% import 'lib' as lib %}{# comment #} x"
    check(templates, " x")


def test_include(check: Check) -> None:
    part = "{{ x }}{% set x = 9 %}"
    check({"part": part, "t": "{% set x = 1 %}{% include 'part' %}{{ x }}"}, "11")
    loop = "{% for x in [1, 2] %}{% include 'part' %}{% endfor %}"
    check({"part": "{{ x }}{{ loop.index }},", "t": loop}, "11,22,")


def test_include_alternatives(check: Check) -> None:
    part = {"part": "p"}
    check({**part, "t": "{% include ['none', 'part'] %}"}, "p")
    check({**part, "t": "[{% include 'none' ignore missing %}]"}, "[]")
    check({**part, "t": "[{% include ['none', 'nor'] ignore missing %}]"}, "[]")


def test_an_included_template_has_its_own_blocks(check: Check) -> None:
    templates = {
        "part": "{% block body %}part{% endblock %}",
        "base": "{% block body %}base{% endblock %}{% include 'part' %}",
    }
    check(templates, "basepart")


def test_macros(check: Check) -> None:
    macro = "{% macro m(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro m %}"
    check(f"{macro}{{{{ self::m(a=1) }}}}", "12x")
    check(f"{macro}{{{{ self::m(c=3, a=1, b=[4]) }}}}", "1[4]3")
    check({"lib": macro, "t": "{% import 'lib' as lib %}{{ lib::m(a=0) | upper }}"}, "02X")


def test_macros_see_their_arguments_and_the_context(check: Check) -> None:
    macro = "{% macro m(a) %}{{ a }}{{ b }}{{ c is defined }}{% endmacro %}"
    check(f"{macro}{{% set c = 3 %}}{{{{ self::m(a=1) }}}}", "12false", b=2)


def test_variables_of_a_macro_stay_inside(check: Check) -> None:
    macro = (
        "{% macro m() %}{% for i in [1] %}{% set_global x = 2 %}{% endfor %}{{ x }}{% endmacro %}"
    )
    check(f"{{% set x = 1 %}}{{{{ self::m() }}}}{{{{ x }}}}{macro}", "21")
    check(macro + "{{ self::m() }}{{ x is defined }}", "2false")


def test_recursive_macro(check: Check) -> None:
    macro = """{% macro factorial(n) -%}
        {% if n > 1 %}{{ n }}-{{ self::factorial(n=n - 1) }}{% else %}1{% endif %}
    {%- endmacro %}"""
    check(macro + "{{ self::factorial(n=4) }}", "4-3-2-1")


def test_macros_of_imported_and_of_parent_templates(check: Check) -> None:
    templates = {
        "deep": "{% macro m() %}deep{% endmacro %}",
        "lib": "{% import 'deep' as deep %}{% macro m() %}lib {{ deep::m() }}{% endmacro %}",
        "base": "{% import 'lib' as lib %}{% block b %}{% endblock %}",
        "leaf": "{% extends 'base' %}{% block b %}{{ lib::m() }} {{ deep::m() }}{% endblock %}",
    }
    check(templates, "lib deep deep")


def test_include_in_a_macro(check: Check) -> None:
    templates = {
        "part": "{{ a }}{{ b }}",
        "t": "{% macro m(a) %}{% include 'part' %}{% endmacro %}{{ self::m(a=1) }}",
    }
    check(templates, "12", b=2)
