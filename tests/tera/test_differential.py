"""Our Tera against the real one, on generated contexts, expressions and templates.

The generators write what both sides read alike; what they leave out, because the sides are meant
to differ there, is listed in `test_differences`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.tera.oracle import Case, Oracle, ours

FACTOR = 30 if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else 1


def examples(count: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=count * FACTOR,
        derandomize=FACTOR == 1,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def agree(oracle: Oracle, case: Case) -> None:
    note(repr(case))
    tera, terapin = oracle(case), ours(case)
    note(f"Tera:    {tera}\nTerapin: {terapin}")
    assert terapin.output == tera.output


# Contexts: the names have kinds, so that most of what is generated from them makes sense

INTEGERS = st.one_of(
    st.integers(-20, 20),
    st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -(2**61) - 3]),
)
FLOATS = st.one_of(
    st.floats(-1000, 1000).map(lambda x: round(x, 2)),
    st.floats(allow_nan=False, allow_infinity=False),
)
STRINGS = st.text(st.sampled_from("abcXYZ 019_-.,:/<>&\"'\n\té世\u0301ß{}%\\"), max_size=12)
SCALARS = st.one_of(INTEGERS, FLOATS, STRINGS, st.booleans(), st.none())
KEYS = st.sampled_from(["a", "b", "name", "x y", "0"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries({"name": STRINGS, "age": INTEGERS, "tags": st.lists(STRINGS)})
CONTEXTS = st.fixed_dictionaries(
    {
        "i": INTEGERS,
        "j": st.integers(0, 5),
        "f": FLOATS,
        "s": STRINGS,
        "t": STRINGS,
        "yes": st.just(True),
        "no": st.just(False),
        "nil": st.none(),
        "ints": st.lists(INTEGERS, max_size=4),
        "strs": st.lists(STRINGS, max_size=4),
        "map": st.dictionaries(KEYS, SCALARS, max_size=4),
        "rows": st.lists(RECORDS, max_size=3),
        "any": VALUES,
    }
)


# Expressions


def joined(*parts: str | SearchStrategy[str]) -> SearchStrategy[str]:
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map("".join)


def literal_string(text: str) -> str:
    quote = next(q for q in "\"'`" if q not in text)
    return f"{quote}{text}{quote}"


QUOTABLE = STRINGS.filter(lambda text: not all(q in text for q in "\"'`"))
INT = st.one_of(
    st.sampled_from(["i", "j", "ints.0", "rows.0.age", "rows[0]['age']", "ints[j]"]),
    st.integers(-50, 50).map(str),
)
NUMBER = st.one_of(INT, st.sampled_from(["f", "2.5", "0.1", "-3.0", "map.a", "any"]))
STRING_NAME = st.sampled_from(["s", "t", "strs.0", "strs[j]", "rows.0.name", "map.name"])
STRING = st.one_of(STRING_NAME, QUOTABLE.map(literal_string))
LIST = st.sampled_from(["ints", "strs", "rows", "rows.0.tags", "range(end=j)", "[i, 2, s]"])
ANY_NAME = st.sampled_from(["any", "nil", "yes", "map", "missing", "map.missing", "any.a", "any.0"])

NUMBER_FILTER = st.sampled_from(
    [
        *("abs", "round", "round(precision=1)", "round(method='ceil')", "round(method='floor')"),
        *("pluralize", "pluralize(plural='es', singular='x')", "int", "float", "as_str"),
        *("json_encode", "filesizeformat", "filesizeformat(binary=true)", "default(value=7)"),
    ]
)
STRING_FILTER = st.sampled_from(
    [
        *("upper", "lower", "trim", "trim_start", "trim_end", "capitalize", "title", "wordcount"),
        *("length", "reverse", "addslashes", "linebreaksbr", "striptags", "spaceless", "int"),
        *("urlencode", "urlencode_strict", "escape", "escape_xml", "json_encode", "float"),
        *("truncate(length=3)", "truncate(length=j, end='>')", "replace(from='a', to='<b>')"),
        *("trim_start_matches(pat='a')", "trim_end_matches(pat=t)", "split(pat=',')"),
        *("split(pat=t)", "indent", "indent(prefix='> ', first=true)", "indent(blank=yes)"),
        *("int(default=3)", "int(base=16)", "float(default=1.5)", "default(value='d')", "safe"),
    ]
)
LIST_FILTER = st.sampled_from(
    [
        *("first", "last", "length", "reverse", "join", "join(sep=', ')", "nth(n=1)", "nth(n=j)"),
        *("slice(start=1)", "slice(end=-1)", "slice(start=-2, end=j)", "concat(with=ints)"),
        *("concat(with=s)", "sort", "unique", "unique(case_sensitive=true)", "json_encode"),
        *("map(attribute='name')", "map(attribute='tags.0')", "sort(attribute='age')"),
        *("sort(attribute='name')", "group_by(attribute='age')", "group_by(attribute='name')"),
        *("filter(attribute='age', value=i)", "filter(attribute='name')", "as_str"),
        *("unique(attribute='name')", "json_encode(pretty=true)", "sort(attribute='tags')"),
    ]
)
MAP_FILTER = st.sampled_from(
    ["length", "json_encode", "get(key='a')", "get(key='b', default=i)", "json_encode(pretty=yes)"]
)


def filtered(value: SearchStrategy[str], by: SearchStrategy[str]) -> SearchStrategy[str]:
    filters = st.lists(by, max_size=2).map(lambda names: "".join(f" | {name}" for name in names))
    return joined(value, filters)


@st.composite
def arithmetic(draw: st.DrawFn) -> str:
    text = draw(NUMBER)
    for _ in range(draw(st.integers(0, 3))):
        right = draw(st.one_of(NUMBER, joined("(", NUMBER, " + ", NUMBER, ")")))
        text += f" {draw(st.sampled_from('+-*/%'))} {right}"
    return text


CONCAT_ITEM = st.one_of(STRING, INT, st.sampled_from(["f", "1.0", "any"]))
CONCAT = st.lists(CONCAT_ITEM, min_size=2, max_size=3).map(" ~ ".join)
NUMERIC = filtered(arithmetic(), NUMBER_FILTER)
MIXED_NUMERIC = joined(NUMERIC, " + ", NUMERIC, " * ", NUMERIC)
TEXTUAL = filtered(st.one_of(STRING, CONCAT), STRING_FILTER)
VALUE = st.one_of(
    NUMERIC,
    MIXED_NUMERIC,
    TEXTUAL,
    filtered(LIST, LIST_FILTER),
    joined("map | ", MAP_FILTER),
    filtered(st.one_of(STRING, LIST, NUMBER), st.one_of(STRING_FILTER, LIST_FILTER)),
    joined(ANY_NAME, " | default(value=", st.one_of(NUMBER, STRING), ")"),
    ANY_NAME,
)

COMPARED = st.one_of(NUMERIC, TEXTUAL, ANY_NAME)
COMPARISON = st.one_of(
    joined(COMPARED, st.sampled_from([" == ", " != "]), COMPARED),
    joined(NUMERIC, st.sampled_from([" < ", " <= ", " > ", " >= "]), NUMERIC),
    joined(
        st.one_of(STRING, NUMBER),
        st.sampled_from([" in ", " not in "]),
        st.sampled_from(["ints", "strs", "map", "s", "[1, 's', i]", "any"]),
    ),
)
TESTED = st.sampled_from(["i", "f", "s", "ints", "map", "nil", "any", "missing", "rows.0", "yes"])
TEST = joined(
    TESTED,
    st.sampled_from([" is ", " is not "]),
    st.sampled_from(
        [
            *("defined", "undefined", "odd", "even", "string", "number", "iterable", "object"),
            *("divisibleby(2)", "divisibleby(j)", "starting_with('a')", "ending_with(t)"),
            *("containing('a')", "containing(i)", "matching('[a-c]+$')"),
        ]
    ),
)
TRUTH = st.one_of(
    COMPARISON,
    TEST,
    st.sampled_from(["yes", "no", "nil", "any", "missing.deep", "s", "ints", "map", "i", "f"]),
    st.sampled_from(["not yes", "not any", "not missing", "not ints", "not s is string", "1", "0"]),
)
LOGIC = st.lists(TRUTH, min_size=1, max_size=3).flatmap(
    lambda parts: st.lists(
        st.sampled_from([" and ", " or "]), min_size=len(parts) - 1, max_size=len(parts) - 1
    ).map(lambda words: "".join(a + b for a, b in zip(parts, [*words, ""], strict=True)))
)


@given(context=CONTEXTS, expression=VALUE)
@examples(800)
def test_expressions(oracle: Oracle, context: dict[str, object], expression: str) -> None:
    agree(oracle, Case({"t.txt": f"{{{{ {expression} }}}}"}, context))


@given(context=CONTEXTS, condition=LOGIC)
@examples(400)
def test_conditions(oracle: Oracle, context: dict[str, object], condition: str) -> None:
    text = f"{{% if {condition} %}}then{{% else %}}else{{% endif %}}"
    agree(oracle, Case({"t.txt": text}, context))


@given(value=VALUES, path=st.sampled_from(["v", "v.0", "v.a", "v['x y']", "v.name.0", "v[0]"]))
@examples(200)
def test_printing(oracle: Oracle, value: object, path: str) -> None:
    text = f"{{{{ {path} }}}}|{{{{ {path} | json_encode }}}}|{{{{ __tera_context }}}}"
    agree(oracle, Case({"t.txt": text}, {"v": value}))


@given(
    context=CONTEXTS,
    expression=filtered(
        st.one_of(STRING, st.sampled_from(["strs | first", "map.name", "i", "self::m(x=s)"])),
        st.one_of(STRING_FILTER.filter(lambda name: "default" not in name and "split" not in name)),
    ),
)
@examples(200)
def test_escaping(oracle: Oracle, context: dict[str, object], expression: str) -> None:
    macro = "{% macro m(x) %}<b>{{ x }}</b>{% endmacro m %}"
    agree(oracle, Case({"t.html": f"{macro}{{{{ {expression} }}}}"}, context))


# Templates

TEXT = st.text(st.sampled_from("ab \n\t<>.-'"), max_size=6)
CONDITIONS = ["yes", "i > j", "x is defined", "s == t", "missing", "not any", "e == 2"]
LOOPS = ["e in ints", "e in strs", "e in range(end=j)", "k, v in map", "e in rows | reverse"]
SECTIONS = ["upper", "trim", "replace(from='a', to='b')"]
VARIABLES = ["x", "y", "k", "v", "e", "e.name", "loop.index", "loop.last", "i", "s"]
ASSIGNED = st.one_of(VALUE, TEST, st.sampled_from(VARIABLES))
PRINTED = st.one_of(VALUE, st.sampled_from(VARIABLES))


@dataclass
class Writer:
    """Writes templates that Tera can parse; `dashes` decides on whitespace control."""

    draw: st.DrawFn
    dashes: bool = True

    def pick(self, options: Sequence[str]) -> str:
        return self.draw(st.sampled_from(options))

    def tag(self, body: str, brackets: str = "{%%}") -> str:
        before = self.pick(["", "", "-"]) if self.dashes else ""
        after = self.pick(["", "", "-"]) if self.dashes else ""
        return f"{brackets[:2]}{before} {body} {after}{brackets[2:]}"

    def body(self, depth: int = 3, *, loop: bool = False) -> str:
        count = self.draw(st.integers(0, 3))
        return "".join(self.node(depth, loop=loop) for _ in range(count))

    def node(self, depth: int, *, loop: bool) -> str:
        leaves = ["text", "text", "output", "comment", "raw", "set"]
        kind = self.pick([*leaves, "if", "for", "for", "filter"] if depth else leaves)
        if kind in ("if", "for", "filter"):
            write = {"if": self.branches, "for": self.loop, "filter": self.section}[kind]
            return write(depth - 1, loop)
        return self.leaf(kind)

    def leaf(self, kind: str) -> str:
        if kind == "output":
            return self.tag(self.draw(PRINTED), "{{}}")
        if kind == "comment":
            return self.tag(self.draw(TEXT), "{##}")
        if kind == "raw":
            return f"{self.tag('raw')}{self.draw(TEXT)}{{{{ x }}}} {self.tag('endraw')}"
        if kind == "set":
            keyword = self.pick(["set x", "set y", "set_global x"])
            return self.tag(f"{keyword} = {self.draw(ASSIGNED)}")
        return self.draw(TEXT)

    def branches(self, depth: int, loop: bool) -> str:
        parts = [self.tag(f"if {self.pick(CONDITIONS)}"), self.body(depth, loop=loop)]
        if self.draw(st.booleans()):
            parts += [self.tag(f"elif {self.pick(CONDITIONS)}"), self.body(depth, loop=loop)]
        if self.draw(st.booleans()):
            parts += [self.tag("else"), self.body(depth, loop=loop)]
        if loop and self.draw(st.booleans()):
            parts.append(self.tag(self.pick(["break", "continue"])))
        return "".join([*parts, self.tag("endif")])

    def loop(self, depth: int, _: bool) -> str:
        opening, body = f"for {self.pick(LOOPS)}", self.body(depth, loop=True)
        if self.draw(st.booleans()):
            return f"{self.tag(opening)}{body}{self.tag('endfor')}"
        # With an `else`, Tera forgets about whitespace control: see test_differences.
        plain = Writer(self.draw, dashes=False)
        body, otherwise = plain.body(depth, loop=True), plain.body(depth)
        return f"{{% {opening} %}}{body}{{% else %}}{otherwise}{{% endfor %}}"

    def section(self, depth: int, _: bool) -> str:
        opening = self.tag(f"filter {self.pick(SECTIONS)}")
        return f"{opening}{self.body(depth)}{self.tag('endfilter')}"


@st.composite
def single(draw: st.DrawFn) -> dict[str, str]:
    # Not with a comment at its very start: see test_differences.
    return {"t.txt": f".{Writer(draw).body()}{Writer(draw).body()}"}


@st.composite
def with_parts(draw: st.DrawFn) -> dict[str, str]:
    """A template with a macro and an included template."""
    writer = Writer(draw)
    return {
        "macros.txt": f"{{% macro m(x, y=1) %}}{writer.body(1)}{{% endmacro m %}}",
        "part.txt": f"({writer.body(1)})",
        "t.txt": (
            "{% import 'macros.txt' as lib %}"
            f"{writer.body(1)}{{% include 'part.txt' %}}{writer.leaf('output')}"
            "{% for e in ints %}{% include ['none.txt', 'part.txt'] %}{% endfor %}"
            f"{{{{ lib::m(x={draw(VALUE)}) }}}}{{% include 'none.txt' ignore missing %}}"
        ),
    }


@st.composite
def family(draw: st.DrawFn) -> dict[str, str]:
    """A template, its parent and its grandparent."""
    writer = Writer(draw)
    templates = {
        "base.txt": (
            f".{writer.body(1)}{{% block one %}}{writer.body(1)}{{% endblock one %}}"
            f"{{% block two %}}<{{% block three %}}-{{% endblock %}}>{{% endblock two %}}"
            f"{writer.leaf('output')}"
        )
    }
    for name, parent in (("middle.txt", "base.txt"), ("leaf.txt", "middle.txt")):
        blocks = draw(st.lists(st.sampled_from(["one", "two", "three"]), unique=True))
        templates[name] = f"{{% extends '{parent}' %}}" + "".join(
            f"{{% block {block} %}}{writer.body(1)}{writer.pick(['', '{{ super() }}', 'a'])}"
            f"{{% endblock {block} %}}"
            for block in blocks
        )
    return templates


@given(context=CONTEXTS, templates=single())
@examples(400)
def test_templates(oracle: Oracle, context: dict[str, object], templates: dict[str, str]) -> None:
    agree(oracle, Case(templates, context))


@given(context=CONTEXTS, templates=with_parts())
@examples(150)
def test_includes_and_macros(
    oracle: Oracle, context: dict[str, object], templates: dict[str, str]
) -> None:
    agree(oracle, Case(templates, context))


@given(context=CONTEXTS, templates=family())
@examples(150)
def test_inheritance(oracle: Oracle, context: dict[str, object], templates: dict[str, str]) -> None:
    agree(oracle, Case(templates, context))
