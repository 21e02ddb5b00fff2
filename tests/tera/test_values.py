"""What templates see of Python values, and what they do not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property
from types import MappingProxyType

import pytest

from terapin.tera import Environment, TemplateError


class Color(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    color: Color = Color.RED
    _secret: str = "secret"

    @property
    def title(self) -> str:
        return self.name.title()

    def method(self) -> str:
        return "called"


@dataclass(frozen=True)
class Entity:
    name: str
    fields: tuple[Field, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def count(self) -> int:
        return len(self.fields)


class Plain:
    def __init__(self) -> None:
        self.shown = 1
        self._hidden = 2


ENTITY = Entity("user", (Field("email"), Field("age")), MappingProxyType({"b": 1, "a": Level.HIGH}))


def render(template: str, **context: object) -> str:
    return Environment({"t": template}).render("t", context)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ e.name }}{{ e['name'] }}{{ e[key] }}", "useruseruser"),
        ("{{ e.fields.0.name }}{{ e.fields[1].title }}", "emailAge"),
        ("{{ e.count }}{{ e.fields.0.color }}{{ e.options.a }}", "2red3"),
        ("{% for f in e.fields %}{{ f.name }},{% endfor %}", "email,age,"),
        ("{% for k, v in e.options %}{{ k }}{{ v }}{% endfor %}", "a3b1"),
        ("{% for k, v in e.fields.0 %}{{ k }}={{ v }} {% endfor %}", "color=red name=email "),
        ("{{ e.fields | map(attribute='title') }}", "[Email, Age]"),
        ("{{ e.fields | sort(attribute='name') | first | get(key='name') }}", "age"),
        ("{{ e.fields.0 | json_encode }}", '{"color":"red","name":"email"}'),
        ("{{ e.fields.0 == e.fields[0] }}{{ e.fields.0 == e.fields.1 }}", "truefalse"),
        ("{{ 'name' in e }}{{ e is object }}{{ e.fields is iterable }}", "truetruetrue"),
        ("{{ e.fields | length }}{{ e.options | length }}{{ e.fields.0 | length }}", "222"),
        ("{{ e.fields.0.color == 'red' }}{{ e.fields.0.color | upper }}", "trueRED"),
        ("{{ e.options.a + 1 }}{{ e.options.a is odd }}", "4true"),
        ("{{ plain.shown }}{{ plain.other is defined }}", "1false"),
        ("{{ e }}{{ e.fields }}", "[object][[object], [object]]"),
        ("{{ numbers }}{{ numbers.1 }}", "[0, 1, 2]1"),
    ],
)
def test_python_values(template: str, expected: str) -> None:
    context = {"e": ENTITY, "key": "name", "plain": Plain(), "numbers": range(3)}
    assert render(template, **context) == expected


HIDDEN = [
    *("e.__class__", "e['__class__']", "e[dunder]", "e.fields.0._secret", "e.fields.0.method"),
    *("e.fields.0['_secret']", "plain._hidden", "plain.__init__", "plain.__dict__", "text.upper"),
    *("text.__len__", "list.append", "map.keys", "map.__class__", "function.__globals__"),
    *("module.path", "module.modules", "kind.mro", "kind.__mro__", "e.fields.count", "error.args"),
]


@pytest.mark.parametrize("path", HIDDEN)
def test_hidden(path: str) -> None:
    context: dict[str, object] = {
        "e": ENTITY,
        "plain": Plain(),
        "text": "text",
        "list": [],
        "map": {},
        "function": render,
        "module": sys,
        "kind": Entity,
        "error": ValueError("x"),
        "dunder": "__class__",
    }
    with pytest.raises(TemplateError, match="not found"):
        render(f"{{{{ {path} }}}}", **context)
    assert render(f"{{{{ {path} is defined }}}}", **context) == "false"
    name, _, attribute = path.partition(".")
    if attribute and "'" not in attribute:
        filtered = f"{{{{ [{name}] | map(attribute='{attribute}') }}}}"
        assert render(filtered, **context) == "[]"


@pytest.mark.parametrize("value", [{1}, frozenset(), date(2020, 1, 1), b"x", render, sys, object()])
def test_cannot_be_printed(value: object) -> None:
    with pytest.raises(TemplateError, match=r"`\{\{ \}\}` cannot print a Python"):
        render("{{ x }}", x=value)


def test_a_set_has_no_order() -> None:
    with pytest.raises(TemplateError, match="got a Python set, which has no order"):
        render("{% for x in y %}{% endfor %}", y={1, 2})


def test_a_failing_property_is_reported() -> None:
    class Broken:
        @property
        def value(self) -> int:
            raise LookupError("no luck")

    with pytest.raises(TemplateError, match=r"variable `b\.value` failed: LookupError: no luck"):
        render("{{ b.value }}", b=Broken())


def test_names_of_a_template_never_reach_python() -> None:
    names = ["state", "scope", "out", "show", "MISSING", "t", "v1", "__builtins__", "None", "class"]
    for name in names:
        with pytest.raises(TemplateError, match="not found"):
            render(f"{{{{ {name} }}}}")
        template = f"{{% for {name} in [1] %}}{{% set x = {name} %}}{{{{ x }}}}{{{{ {name} }}}}{{% endfor %}}"
        assert render(template) == "11"
        macro = f"{{% macro {name}({name}=1) %}}{{{{ {name} }}}}{{% endmacro %}}"
        assert render(f"{macro}{{{{ self::{name}({name}=2) }}}}") == "2"
        assert render(f"{{% block {name} %}}x{{% endblock %}}") == "x"


def test_text_of_a_template_never_reaches_python() -> None:
    text = "'\"\\\n\"\"\" '''\r\n # {0} %s \x00 \u2028 \ud7ff"
    assert render(text) == text
    assert render("{% raw %}" + text + "{% endraw %}") == text
    assert render("{{ x }}", x=text) == text
    assert render("{{ `" + text + "` }}") == text
