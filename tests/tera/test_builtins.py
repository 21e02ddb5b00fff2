"""Every builtin; the real Tera has to agree with each expectation, but for the aliases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from terapin.tera import Environment, TemplateError
from terapin.tera.builtins import FILTERS, FUNCTIONS, TESTS
from tests.tera.conftest import Check
from tests.tera.oracle import Case, Oracle, ours

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "tera.md"
CONTEXT: dict[str, object] = {
    "accents": "héllo wörld foo_bar it's",
    "list": [3, 1, 2],
    "letters": ["b", "A", "a"],
    "map": {"b": 1, "a": [True, None]},
    "nil": None,
    "rows": [
        {"name": "b", "at": {"x": 2}, "tags": [1]},
        {"name": "a", "at": {"x": 1}, "tags": [1, 2]},
        {"name": None, "at": {"x": 2.0}, "tags": []},
    ],
    "lines": "a\nb\n\nc\n",
    "html": "<p> a </p> \n <b>x</b><!-- c -->",
    "quotes": "a'b\"c\\",
    "time": "2023-05-07T03:04:09.120+02:00",
}

FILTER_CASES: dict[str, list[tuple[str, str]]] = {
    "upper": [("{{ 'aß' | upper }}", "ASS")],
    "lower": [("{{ 'AÉ' | lower }}", "aé")],
    "trim": [("{{ ' \n a b\t' | trim }}|", "a b|")],
    "trim_start": [("{{ ' a ' | trim_start }}|", "a |")],
    "trim_end": [("{{ ' a ' | trim_end }}|", " a|")],
    "trim_start_matches": [("{{ 'xxax' | trim_start_matches(pat='x') }}", "ax")],
    "trim_end_matches": [("{{ 'xaxx' | trim_end_matches(pat='x') }}", "xa")],
    "truncate": [
        ("{{ accents | truncate(length=4) }}", "héll…"),
        ("{{ 'abc' | truncate(length=2, end='') }}", "ab"),
        ("{{ 'abc' | truncate(length=3) }}{{ 'abc' | truncate }}", "abcabc"),
    ],
    "wordcount": [("{{ ' a  b c ' | wordcount }}", "3")],
    "replace": [
        ("{{ 'aXbX' | replace(from='X', to='-') }}", "a-b-"),
        ("{{ 'ab' | replace(from='', to='-') }}", "-a-b-"),
    ],
    "capitalize": [("{{ 'éa BC' | capitalize }}{{ '' | capitalize }}", "Éa bc")],
    "title": [
        ("{{ accents | title }}", "Héllo Wörld Foo_bar It's"),
        ("{{ '\u0301X ½aB' | title }}", "\u0301x ½Ab"),
    ],
    "linebreaksbr": [("{{ 'a\nb\r\nc' | linebreaksbr }}", "a<br>b<br>c")],
    "indent": [
        ("{{ lines | indent }}|", "a\n    b\n\n    c|"),
        ("{{ lines | indent(prefix='>', first=true, blank=true) }}", ">a\n>b\n>\n>c"),
    ],
    "striptags": [("{{ html | striptags }}", " a  \n x")],
    "spaceless": [("{{ html | spaceless }}", "<p> a </p><b>x</b><!-- c -->")],
    "urlencode": [("{{ 'a/b?c=é&d %~!' | urlencode }}", "a/b%3Fc%3D%C3%A9%26d%20%~%21")],
    "urlencode_strict": [("{{ 'a/b-c_d.e~%' | urlencode_strict }}", "a%2Fb%2Dc%5Fd%2Ee%7E%25")],
    "escape": [("{{ \"<a>&'/\" | escape }}", "&lt;a&gt;&amp;&#x27;&#x2F;")],
    "escape_xml": [("{{ \"<a>&'/\" | escape_xml }}", "&lt;a&gt;&amp;&apos;/")],
    "addslashes": [("{{ quotes | addslashes }}", "a\\'b\\\"c\\\\")],
    "slugify": [("{{ ' Hello, Wörld! _x_ -- ß' | slugify }}", "hello-world-x-ss")],
    "split": [
        ("{{ 'a,b,,c' | split(pat=',') | join(sep='|') }}", "a|b||c"),
        ("{{ lines | split(pat='\\n') | length }}{{ 'ab' | split(pat='') | length }}", "54"),
    ],
    "as_str": [("{{ 1.0 | as_str }}{{ nil | as_str }}{{ list | as_str }}", "1[3, 1, 2]")],
    "int": [
        ("{{ '-7' | int }} {{ ' +7 ' | int }} {{ 3.9 | int }} {{ '12.7' | int }}", "-7 7 3 12"),
        ("{{ '0x1F' | int(base=16) }} {{ '0b11' | int(base=2) }} {{ 'z' | int(base=36) }}", "31 3 35"),
        ("{{ 'x' | int }} {{ '1_0' | int(default=5) }} {{ '99999999999999999999' | int }}", "0 5 0"),
    ],
    "float": [
        ("{{ '1.5' | float }} {{ '.5' | float }} {{ '1e3' | float }} {{ 2 | float }}", "1.5 0.5 1000 2"),
        ("{{ 'x' | float }} {{ 'x' | float(default=0.5) }} {{ 'inf' | float }}", "0 0.5 "),
    ],
    "length": [("{{ list | length }}{{ map | length }}{{ 'é' | length }}", "321")],
    "reverse": [("{{ list | reverse }} {{ 'abc' | reverse }}", "[2, 1, 3] cba")],
    "first": [("{{ list | first }}{{ [] | first }}", "3")],
    "last": [("{{ list | last }}{{ [] | last }}", "2")],
    "nth": [("{{ list | nth(n=1) }}{{ list | nth(n=9) }}{{ [] | nth(n=0) }}", "1")],
    "join": [
        ("{{ list | join }} {{ list | join(sep=', ') }} {{ [] | join(sep='x') }}", "312 3, 1, 2 "),
        ("{{ list | join(sep='\\n') }}", "3\n1\n2"),
    ],
    "sort": [
        ("{{ list | sort }} {{ letters | sort }} {{ [true, false] | sort }}",
         "[1, 2, 3] [A, a, b] [false, true]"),
        ("{{ [2, 1.5] | sort }} {{ [] | sort(attribute='x') }}", "[1.5, 2] []"),
        ("{{ rows | sort(attribute='at.x') | map(attribute='name') }}", "[a, b]"),
        ("{{ rows | sort(attribute='tags') | map(attribute='name') }}", "[b, a]"),
    ],
    "unique": [
        ("{{ [1, 2, 1] | unique }} {{ letters | unique }}", "[1, 2] [b, A]"),
        ("{{ letters | unique(case_sensitive=true) }}", "[b, A, a]"),
        ("{{ rows | slice(end=2) | unique(attribute='name') | length }}", "2"),
    ],
    "group_by": [
        ("{% for k, v in rows | group_by(attribute='name') %}{{ k }}{{ v | length }}{% endfor %}",
         "a1b1"),
        ("{% for k, v in rows | group_by(attribute='at.x') %}{{ k }} {% endfor %}", "1 2 2.0 "),
    ],
    "filter": [
        ("{{ rows | filter(attribute='name') | length }}", "2"),
        ("{{ rows | filter(attribute='at.x', value=2) | length }}", "1"),
        ("{{ rows | filter(attribute='name', value='a') | length }}", "1"),
    ],
    "map": [("{{ rows | map(attribute='name') }} {{ rows | map(attribute='tags.0') }}", "[b, a] [1, 1]")],
    "slice": [
        ("{{ list | slice(start=1) }} {{ list | slice(end=-1) }} {{ list | slice(start=-2, end=3) }}",
         "[1, 2] [3, 1] [1, 2]"),
        ("{{ list | slice(start=9) }} {{ list | slice(start=-9) }}", "[] [3, 1, 2]"),
    ],
    "concat": [("{{ list | concat(with=[4]) }} {{ [] | concat(with='x') }}", "[3, 1, 2, 4] [x]")],
    "get": [("{{ map | get(key='b') }}{{ map | get(key='z', default='d') }}", "1d")],
    "json_encode": [
        ("{{ map | json_encode }}", '{"a":[true,null],"b":1}'),
        ("{{ map | json_encode(pretty=true) }}",
         '{\n  "a": [\n    true,\n    null\n  ],\n  "b": 1\n}'),
        ("{{ 'é\"\n' | json_encode }} {{ 2.0 | json_encode }} {{ [] | json_encode(pretty=true) }}",
         '"é\\"\\n" 2.0 []'),
    ],
    "abs": [("{{ -1 | abs }} {{ -1.5 | abs }} {{ 2 | abs }}", "1 1.5 2")],
    "pluralize": [
        ("{{ 1 | pluralize }}|{{ 2 | pluralize }}|{{ -1 | pluralize }}|{{ 0 | pluralize }}", "|s||s"),
        ("{{ 1 | pluralize(singular='y', plural='ies') }}", "y"),
    ],
    "round": [
        ("{{ 2.5 | round }} {{ -2.5 | round }} {{ 2.45 | round(precision=1) }}", "3 -3 2.5"),
        ("{{ 2.1 | round(method='ceil') }} {{ 2.9 | round(method='floor') }}", "3 2"),
        ("{{ 1234 | round(precision=-2) }} {{ -0.4 | round }}", "1200 -0"),
        ("[{{ 1.5 | round(precision=400) }}]", "[]"),
    ],
    "filesizeformat": [
        ("{{ 0 | filesizeformat }} {{ 1024 | filesizeformat }} {{ 1500 | filesizeformat }}",
         "0 B 1 kB 1.46 kB"),
        ("{{ 1572864 | filesizeformat(binary=true) }}", "1.50 MiB"),
    ],
    "date": [
        ("{{ 0 | date }} {{ '2023-05-07' | date(format='%d.%m.%y') }}", "1970-01-01 07.05.23"),
        ("{{ time | date(format='%a %A %b %B %e %j %u %w %U %W %V %G') }}",
         "Sun Sunday May May  7 127 7 0 19 18 18 2023"),
        ("{{ time | date(format='%H %k %I %l %M %S %p %P %f %.f %.3f %3f') }}",
         "03  3 03  3 04 09 AM am 120000000 .120 .120 120"),
        ("{{ time | date(format='%z %:z %::z %Z %s %+') }}",
         "+0200 +02:00 +02:00:00 +02:00 1683421449 2023-05-07T03:04:09.120+02:00"),
        ("{{ time | date(format='%Z %F %T %z', timezone='America/New_York') }}",
         "EDT 2023-05-06 21:04:09 -0400"),
        ("{{ time | date(format='%c|%D|%x|%v|%R|%X|%r|%C|%g|%h|%n%t%%') }}",
         "Sun May  7 03:04:09 2023|05/07/23|05/07/23| 7-May-2023|03:04|03:04:09|03:04:09 AM|20|23"
         "|May|\n\t%"),
        ("{{ time | date(format='%-d %_m %0e %-H') }}", "7  5 07 3"),
        ("{{ -1 | date(format='%F %T') }} {{ 0 | date(format='%Z', timezone='UTC') }}",
         "1969-12-31 23:59:59 UTC"),
        ("{{ '2023-05-07T00:00:00' | date(format='%+', timezone='Asia/Tokyo') }}",
         "2023-05-07T00:00:00+00:00"),
    ],
}  # fmt: skip

ALIAS_CASES = {
    "lowercase": ("{{ 'Ab' | lowercase }}", "ab"),
    "uppercase": ("{{ 'Ab' | uppercase }}", "AB"),
    "trim_matches": ("{{ 'xxaxx' | trim_matches(pat='x') }}", "a"),
    "sort_by": ("{{ rows | sort_by(attribute='at.x') | map(attribute='name') }}", "[a, b]"),
    **{
        name: (f"{{{{ 'HTTPServer_2go userName' | {name} }}}}", expected)
        for spelling, expected in {
            "snake": "http_server_2go_user_name",
            "pascal": "HttpServer2goUserName",
            "camel": "httpServer2goUserName",
            "kebab": "http-server-2go-user-name",
        }.items()
        for name in (spelling, f"{spelling}_case", f"{spelling}Case")
    },
}

TEST_CASES: dict[str, list[tuple[str, str]]] = {
    "string": [("{{ accents is string }}{{ list is string }}", "truefalse")],
    "number": [("{{ list.0 is number }}{{ nil is number }}", "truefalse")],
    "odd": [("{{ list.0 is odd }}{{ list.2 is odd }}", "truefalse")],
    "even": [("{{ list.0 is even }}{{ list.2 is even }}", "falsetrue")],
    "divisibleby": [("{{ list.0 is divisibleby(3) }}{{ list.0 is divisibleby(0) }}", "truefalse")],
    "iterable": [("{{ list is iterable }}{{ map is iterable }}{{ accents is iterable }}",
                  "truetruefalse")],
    "object": [("{{ map is object }}{{ list is object }}", "truefalse")],
    "starting_with": [("{{ accents is starting_with('hé') }}", "true")],
    "ending_with": [("{{ accents is ending_with('s') }}", "true")],
    "containing": [
        ("{{ accents is containing('foo') }}{{ list is containing(3) }}{{ map is containing('z') }}",
         "truetruefalse"),
    ],
    "matching": [
        ("{{ accents is matching('^h.l+o') }}{{ accents is matching('^[a-z]+$') }}", "truefalse"),
        ("{{ lines is matching('c$') }}{{ lines is matching(`c\\n$`) }}", "falsetrue"),
        ("{{ html is matching('<p>.*x') }}{{ html is matching('(?s)<p>.*x') }}", "falsetrue"),
    ],
}  # fmt: skip

FUNCTION_CASES: dict[str, list[tuple[str, str]]] = {
    "range": [("{{ range(end=3) }}{{ range(start=1, end=6, step_by=2) }}", "[0, 1, 2][1, 3, 5]")],
    "get_random": [("{{ get_random(start=3, end=4) }}{{ get_random(end=1) }}", "30")],
    "now": [
        ("{{ now(utc=true) | date(format='%:z') }}", "+00:00"),
        ("{{ now(timestamp=true) > 1600000000 }}", "true"),
    ],
    "throw": [],
}


def flattened(cases: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    return [case for group in cases.values() for case in group]


@pytest.mark.parametrize(
    ("template", "expected"),
    flattened(FILTER_CASES) + flattened(TEST_CASES) + flattened(FUNCTION_CASES),
)
def test_builtin(check: Check, template: str, expected: str) -> None:
    check(template, expected, **CONTEXT)


@pytest.mark.parametrize(("template", "expected"), ALIAS_CASES.values(), ids=ALIAS_CASES)
def test_alias(template: str, expected: str) -> None:
    assert Environment({"t": template}).render("t", CONTEXT) == expected


def test_every_builtin_has_a_case() -> None:
    assert set(FILTERS) == {*FILTER_CASES, *ALIAS_CASES}
    assert set(TESTS) == set(TEST_CASES)
    assert set(FUNCTIONS) == set(FUNCTION_CASES)


def test_every_builtin_is_documented() -> None:
    page = REFERENCE.read_text()
    spelled = re.compile(r"`(\w+)[(`]")
    variants = {name for name in ALIAS_CASES if name.endswith(("_case", "Case"))}
    assert {*FILTERS, *TESTS, *FUNCTIONS} - variants <= set(spelled.findall(page))


def test_throw() -> None:
    with pytest.raises(TemplateError, match="function `throw` says: no way"):
        Environment({"t": "{{ throw(message='no way') }}"}).render("t", {})


def test_now_is_a_time() -> None:
    environment = Environment({"t": "{{ now() }}"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d", environment.render("t", {}))


@pytest.mark.parametrize(
    "expression",
    [
        *("1 | upper", "nil | trim", "'x' | abs", "1 | length", "1 | reverse", "'x' | first"),
        *("'x' | sort", "[1, 'a'] | sort", "[nil] | sort", "rows | sort(attribute='none')"),
        *("[1, 'a'] | unique", "[1.5] | unique", "rows | unique(attribute='at')"),
        *("list | nth(n=-1)", "list | join(sep=1)", "list | slice(start='a')", "1 | concat(with=1)"),
        *("list | get(key='a')", "map | get(key='z')", "list | filter(attribute=1)"),
        *("1.5 | filesizeformat", "-1 | filesizeformat", "1 | round(method='up')", "'x' | pluralize"),
        *("'x' | truncate(length=-1)", "'x' | split(pat=1)", "list | int", "'1' | int(base=99)"),
        *("'x' | indent(first=1)", "1.5 | date", "'x' | date", "1 | date(format='%Q')"),
        *("1 | date(timezone='Mars')", "0 | date(format='%z')", "'2023-02-30' | date"),
        *("range(end=-1)", "range(start=2, end=1)", "get_random(start=1, end='a')"),
        *("list is odd", "map is starting_with('a')", "accents is matching('(')"),
        *("list is containing", "accents is containing(1)", "nil is divisibleby(2)"),
        *("1 + 'a'", "1 + yes", "'a' < 'b'", "list ~ 'a'", "yes ~ 'a'", "1 in 1", "1 in 'a'", "1 in map"),
        *("5 % 0", "1 / 0 > 1", "9223372036854775807 + 1", "missing", "list.9", "map.z", "nil.x"),
    ],
)  # fmt: skip
def test_both_refuse(oracle: Oracle, expression: str) -> None:
    case = Case({"t": f"{{{{ {expression} }}}}"}, {**CONTEXT, "yes": True})
    assert ours(case).output is None
    assert oracle(case).output is None
