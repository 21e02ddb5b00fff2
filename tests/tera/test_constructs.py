"""Every construct of the language; the real Tera has to agree with each expectation."""

from __future__ import annotations

import pytest

from tests.tera.conftest import Check

CONTEXT: dict[str, object] = {
    "one": 1,
    "half": 0.5,
    "whole": 2.0,
    "name": "Ada",
    "empty": "",
    "yes": True,
    "no": False,
    "nil": None,
    "list": [3, 1, 2],
    "user": {"name": "Ada", "tags": ["x", "y"], "a b": 7, "0": "zero"},
    "key": "name",
    "index": 1,
    "users": [{"name": "Ada"}, {"name": "Bo"}],
}

OUTPUT = [
    ("{{ name }}", "Ada"),
    ("{{name}}", "Ada"),
    ("{{ nil }}", ""),
    ("{{ yes }} {{ no }}", "true false"),
    ("{{ whole }} {{ half }} {{ 1.50 }}", "2 0.5 1.5"),
    ("{{ list }} {{ users }}", "[3, 1, 2] [[object], [object]]"),
    ("{{ user }}", "[object]"),
    ("{{ 'single' }}{{ \"double\" }}{{ `back` }}", "singledoubleback"),
    (r"{{ 'no \n escapes' }}", r"no \n escapes"),
    ("{{ '}}' }}{{ \"{% if %}\" }}", "}}{% if %}"),
    ("{{ true }}{{ True }}{{ false }}{{ False }}", "truetruefalsefalse"),
    ("{{ [1, 'a', yes] }}{{ [1,] }}{{ [] }}", "[1, a, true][1][]"),
    ("{{ -1 }} {{ -2.5 }} {{ 0 }}", "-1 -2.5 0"),
    ("{# comment #}x{# {{ name }} {% if %} #}", "x"),
    ("{% raw %}{{ name }}{% if %}{# #}{% endraw %}", "{{ name }}{% if %}{# #}"),
]

PATHS = [
    ("{{ user.name }}{{ user['name'] }}{{ user[\"name\"] }}", "AdaAdaAda"),
    ("{{ list.0 }}{{ list[0] }}{{ list['0'] }}", "333"),
    ("{{ list[index] }}{{ user[key] }}{{ users[index].name }}", "1AdaBo"),
    ("{{ user.tags.1 }}{{ user['tags'][1] }}{{ users[list[1]].name }}", "yyBo"),
    ("{{ user['a b'] }}{{ user.0 }}{{ user[0] }}", "7zerozero"),
]

ARITHMETIC = [
    ("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }}", "7 9"),
    ("{{ 10 / 5 }} {{ 10 / 4 }} {{ 7 % 3 }} {{ -7 % 3 }}", "2 2.5 1 -1"),
    ("{{ 1 -1 }} {{ 1-1 }} {{ 1--1 }} {{ 2 - 3 - 4 }}", "0 0 2 -5"),
    ("{{ 1 + 0.5 }} {{ 2 * whole }} {{ one + half }}", "1.5 4 1.5"),
    ("{{ 1 / 0 }} {{ 0 / 0 + 1 }} {{ 5.0 % 0.0 }}", "NaN NaN NaN"),
    ("{{ -5 + 2 | abs }}", "3"),
    ("{{ -5 | abs + 1 }}", "6"),
    ("{{ -5 | abs * 2 + 1 }}", "15"),
    ("{{ 2 + -5 | abs * 2 }}", "6"),
    (
        "{{ 900719925474101.25 + 0 }} {{ -900719925474101.25 }}",
        "900719925474101.3 -900719925474101.3",
    ),
    ("{{ 900719925474101.25 | json_encode }}", "900719925474101.2"),
    ("{{ 9223372036854775807 + 0 }}", "9223372036854775807"),
]

CONCATENATION = [
    ("{{ name ~ '-' ~ one }}", "Ada-1"),
    ("{{ 'a' ~ 1.0 ~ whole ~ half }}", "a12.00.5"),
    ("{{ 'a' ~ 'b' | upper }}", "AB"),
    ("{{ 'a' ~ user.name == 'aAda' }}", "true"),
]

LOGIC = [
    ("{{ 1 < 2 }} {{ 2 <= 1 }} {{ 2 > 1 }} {{ 1 >= 2 }}", "true false true false"),
    ("{{ 1 == 1.0 }} {{ 'a' == 'a' }} {{ 'a' != 'b' }}", "true true true"),
    ("{{ yes == 1 }} {{ 1 == '1' }} {{ 1 != '1' }}", "false false false"),
    ("{{ nil == nil }} {{ list == list }} {{ user != list }}", "true true true"),
    ("{{ 1 + 1 == 2 }} {{ list | length == 3 }}", "true true"),
    ("{{ yes and no }} {{ yes or no }} {{ not yes }}", "false true false"),
    ("{{ name and one }} {{ empty or 0 }}", "true false"),
    ("{{ no and no or yes }} {{ yes or no and no }}", "true true"),
    ("{{ not no and yes }}", "true"),
    ("{{ missing and yes }} {{ not missing }} {{ missing.deep or yes }}", "false true true"),
    ("{{ 1 in list }} {{ 9 not in list }} {{ 'd' in name }}", "true true true"),
    ("{{ 'name' in user }} {{ not 'x' in user }} {{ one in [1, 2] }}", "true true true"),
    ("{{ 1.0 in list }} {{ yes in [1] }}", "false false"),
    ("{% if 0 %}a{% endif %}{% if '' %}b{% endif %}{% if list %}c{% endif %}", "c"),
    ("{% if 1 / 0 %}a{% else %}b{% endif %}", "b"),
    ("{% if not list | length == 3 %}a{% else %}b{% endif %}", "b"),
]

TESTS = [
    ("{{ one is odd }} {{ one is not odd }}", "true false"),
    (
        "{{ missing is defined }} {{ missing.x is undefined }} {{ nil is defined }}",
        "false true true",
    ),
    ("{{ not missing is defined }}", "true"),
    ("{{ list[index] is number and name is string }}", "true"),
]

DEFAULTS = [
    ("{{ missing | default(value=1) }} {{ missing.deep.x | default(value='d') }}", "1 d"),
    ("{{ nil | default(value='d') }} {{ empty | default(value='d') }}|", "d |"),
    ("{{ missing | default(value=name | upper) }}", "ADA"),
    ("{{ missing | default(value='d') | upper }}", "D"),
    ("{{ missing | default(value=2) + 1 }}", "3"),
    ("{{ user[missing] | default(value='d') }} {{ list[9] | default(value='d') }}", "d d"),
    ("{{ nil | as_str | default(value='d') }}|", "|"),
]

IFS = [
    ("{% if yes %}a{% endif %}", "a"),
    ("{% if no %}a{% else %}b{% endif %}", "b"),
    ("{% if no %}a{% elif yes %}b{% elif yes %}c{% else %}d{% endif %}", "b"),
    ("{% if no %}a{% elif nil %}b{% else %}{% if yes %}c{% endif %}{% endif %}", "c"),
]

FORS = [
    ("{% for x in list %}{{ x }},{% endfor %}", "3,1,2,"),
    ("{% for x in [] %}a{% else %}none{% endfor %}", "none"),
    ("{% for x in list %}a{% else %}none{% endfor %}", "aaa"),
    ("{% for x in list | sort %}{{ x }}{% endfor %}", "123"),
    ("{% for x in missing | default(value=[1]) %}{{ x }}{% endfor %}", "1"),
    ("{% for x in range(start=1, end=9, step_by=3) %}{{ x }}{% endfor %}", "147"),
    ("{% for c in name %}{{ c }}.{% endfor %}", "A.d.a."),
    ("{% for k, v in user %}{{ k }};{% endfor %}", "0;a b;name;tags;"),
    ("{% for k, v in user %}{% if loop.first %}{{ v }}{% endif %}{% endfor %}", "zero"),
    ("{% for x in list %}{{ loop.index }}{{ loop.index0 }} {% endfor %}", "10 21 32 "),
    ("{% for x in list %}{{ loop.first }}{{ loop.last }} {% endfor %}",
     "truefalse falsefalse falsetrue "),
    ("{% for u in users %}{% for v in users %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}",
     "121 122 "),
    ("{% for x in list %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}", "3"),
    ("{% for x in list %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "32"),
    ("{% for a in list %}{% for b in list %}{% break %}{% endfor %}{{ a }}{% endfor %}", "312"),
]  # fmt: skip

SETS = [
    ("{% set x = 1 %}{{ x }}{% set x = x + 1 %}{{ x }}", "12"),
    ("{% set x = [1, 2] | last %}{{ x }}", "2"),
    ("{% set x = one == 1 %}{{ x }}", "true"),
    ("{% if yes %}{% set x = 1 %}{% endif %}{{ x }}", "1"),
    ("{% set name = 'Bo' %}{% for x in [1] %}{% set name = 'Cy' %}{{ name }}{% endfor %}{{ name }}",
     "CyBo"),
    ("{% for x in [1, 2] %}{% set_global y = x %}{% endfor %}{{ y }}", "2"),
    ("{% for x in [1, 2] %}{{ y is defined }}{% set y = x %} {% endfor %}", "false false "),
    ("{% for x in [1, 2] %}{% set x = x * 10 %}{{ x }} {% endfor %}", "10 20 "),
    ("{% for x in [1] %}{% for y in [2] %}{% set_global z = y %}{% endfor %}{{ z }}{% endfor %}{{ z }}",
     "22"),
    ("{% set n = 0 %}{% for x in list %}{% set_global n = n + x %}{% endfor %}{{ n }}", "6"),
]  # fmt: skip

FILTER_SECTIONS = [
    ("{% filter upper %}a{{ name }}{% endfilter %}", "AADA"),
    ("{% filter replace(from='a', to='b') %}a{% if yes %}a{% endif %}{% endfilter %}", "bb"),
    ("{% filter upper %}{% filter trim %} x {% endfilter %}!{% endfilter %}", "X!"),
    ("{% for x in list %}{% filter indent %}\n{{ x }}{% endfilter %}{% endfor %}",
     "\n    3\n    1\n    2"),
    ("{% filter safe %}<{% endfilter %}", "<"),
]  # fmt: skip

WHITE_SPACE = [
    ("a {{- name -}} b", "aAdab"),
    ("a {{- name }} b", "aAda b"),
    ("a\n\t{%- if yes -%}\n b \n{%- endif -%}\n c", "abc"),
    ("a {#- c -#} b", "ab"),
    ("a {%- raw -%} b {%- endraw -%} c", "abc"),
    ("a {% raw %} b {% endraw %} c", "a  b  c"),
    ("{% if no -%} a {%- else -%} b {%- endif %} c", "b c"),
    ("{% for x in list -%} {{ x }} {%- endfor %}", "312"),
    ("a {{- 1 -}} {{- 2 -}} b", "a12b"),
    ("a {% set x = 1 -%} b", "a b"),
    ("{{- -1 -}}", "-1"),
    ("\r\n{% if yes %}\r\na\r\n{% endif %}\r\n", "\r\n\r\na\r\n\r\n"),
]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        *(OUTPUT + PATHS + CONCATENATION + LOGIC + TESTS + DEFAULTS + IFS + FORS + SETS),
        *(FILTER_SECTIONS + WHITE_SPACE + ARITHMETIC),
    ],
)
def test_renders(check: Check, template: str, expected: str) -> None:
    check(template, expected, **CONTEXT)


def test_context_dump(check: Check) -> None:
    dump = '{\n  "a": 1,\n  "b": [\n    null\n  ]\n}'
    check("{{ __tera_context }}", dump, a=1, b=[None])
    inner = '{\n  "a": 2,\n  "x": 1\n}'
    check("{% set a = 2 %}{% for x in [1] %}{{ __tera_context }}{% endfor %}", inner, a=1)
    check(
        "{% macro m(x) %}{{ __tera_context }}{% endmacro %}{{ self::m(x=1) }}",
        '{\n  "x": 1\n}',
        a=1,
    )


ESCAPING = [
    ("{{ text }}", "&lt;a&gt; &amp; &quot;b&quot; &#x27;c&#x27; &#x2F;"),
    ("{{ text | safe }}", "<a> & \"b\" 'c' /"),
    ("{{ '<' }}{{ '<' | safe }}{{ text | upper | safe }}", "&lt;<<A> & \"B\" 'C' /"),
    ("{{ text | safe | truncate(length=1, end='') }}", "&lt;"),
    ("{% set x = text | safe %}{{ x | truncate(length=1, end='') }}", "&lt;"),
    ("{{ '<' | escape }}{{ '<' | escape | safe }}", "&amp;lt;&lt;"),
    ("{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ self::m(x='<') }}", "<b>&lt;</b>"),
    ("{% macro m() %}<b>{% endmacro %}{{ self::m() | lower }}", "&lt;b&gt;"),
    ("{% filter upper %}<b>{{ '<' }}{% endfilter %}", "<B>&LT;"),
    ("{% if text | length > 3 and '<' in text %}<{% endif %}", "<"),
    ("{{ 1 < 2 }}{{ 1.5 }}{{ [1] }}", "true1.5[1]"),
    ("{{ __tera_context }}", '{\n  "text": "<a> & \\"b\\" \'c\' /"\n}'),
]


@pytest.mark.parametrize("suffix", ["html", "htm", "xml"])
@pytest.mark.parametrize(("template", "expected"), ESCAPING)
def test_escapes(check: Check, template: str, expected: str, suffix: str) -> None:
    check({f"t.{suffix}": template}, expected, text="<a> & \"b\" 'c' /")


def test_escaping_is_decided_by_the_template_that_is_rendered(check: Check) -> None:
    templates = {"part.txt": "{{ x }}", "page.html": "{% include 'part.txt' %}"}
    check(templates, "&lt;", x="<")
    templates = {"part.html": "{{ x }}", "page.txt": "{% include 'part.html' %}"}
    check(templates, "<", x="<")
