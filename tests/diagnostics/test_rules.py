"""Every rule has an example that triggers it alone, and the example's mend."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from terapin.diagnostics import Rule
from terapin.diagnostics.registry import rules
from terapin.evolution.change import changed
from terapin.evolution.judging import objections
from terapin.ontology import Compilation
from tests.ontologies import codes, compiled, model_of

WITHOUT_TURTLE = {"unreadable-file", "query-error", "missing-module", "too-large", "template-error"}
RULES = [rule for rule in rules().values() if rule.code not in WITHOUT_TURTLE]


def examined(rule: Rule, document: str) -> Compilation:
    """With what is said of the change from the model of before, if the rule has one."""
    compilation = compiled(document)
    if not rule.before or compilation.model is None:
        return compilation
    found = objections(changed(model_of(rule.before), compilation.model))
    return replace(compilation, diagnostics=(*compilation.diagnostics, *found))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_triggers_the_rule_alone(rule: Rule) -> None:
    compilation = examined(rule, rule.example)
    assert codes(compilation) == [rule.code], compilation.as_text()
    assert {each.severity for each in compilation.diagnostics} == {rule.severity}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_mended_example_is_clean(rule: Rule) -> None:
    compilation = examined(rule, rule.mended)
    assert not compilation.diagnostics, compilation.as_text()
    assert compilation.model


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_diagnostic_is_shown_at_its_place(rule: Rule) -> None:
    compilation = examined(rule, rule.example)
    (diagnostic,) = compilation.diagnostics
    if diagnostic.where is not None:
        assert re.search(r"^ +--> a\.ttl:\d+:\d+$", compilation.as_text(), re.MULTILINE)


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.code)
def test_rules_are_written_alike(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.code)
    assert rule.summary[0].islower()
    assert not rule.summary.endswith(".")
    assert rule.explanation.endswith(".") or rule.explanation.endswith(")")
    assert max(map(len, rule.explanation.splitlines())) <= 120


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_messages_are_lowercase_without_full_stop(rule: Rule) -> None:
    for diagnostic in examined(rule, rule.example).diagnostics:
        for text in filter(None, (diagnostic.message, diagnostic.help, *diagnostic.notes)):
            assert not text.endswith("."), text
            assert text[0].islower() or text.partition(" ")[0].isupper() or not text[0].isalpha(), (
                text
            )
