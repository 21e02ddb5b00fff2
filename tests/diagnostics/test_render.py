from __future__ import annotations

import json

from terapin.diagnostics import Diagnostic, Label, Severity, Span
from terapin.diagnostics.render import Locator, as_json, as_text, summary

LINES = ["ex:a ex:b ex:c ;", '\tex:d "日本" .', ""]
LOCATOR = Locator(
    lambda where: where if isinstance(where, Span) else None, lambda _, number: LINES[number - 1]
)


def diagnostic(span: Span | None, **more: object) -> Diagnostic:
    return Diagnostic(
        code="a-code",
        severity=Severity.ERROR,
        message="it is wrong",
        where=span,
        **more,  # type: ignore[arg-type]
    )


def test_one_with_everything() -> None:
    found = diagnostic(
        Span("a.ttl", 1, 6, 1, 10),
        labels=(Label(Span("a.ttl", 2, 7, 2, 11), "the other one"),),
        notes=("a note",),
        help="some help",
    )
    assert as_text([found], LOCATOR) == (
        "error[a-code]: it is wrong\n"
        " --> a.ttl:1:6\n"
        "  |\n"
        "1 | ex:a ex:b ex:c ;\n"
        "  |      ^^^^\n"
        " ::: a.ttl:2:7\n"
        "  |\n"
        '2 | \tex:d "日本" .\n'
        "  | \t     ------ the other one\n"
        "  |\n"
        "  = note: a note\n"
        "  = help: some help\n"
    )


def test_a_span_of_several_lines_shows_the_first() -> None:
    assert "1 | ex:a ex:b ex:c ;\n  |           ^^^^^^" in as_text(
        [diagnostic(Span("a.ttl", 1, 11, 2, 3))], LOCATOR
    )


def test_a_span_after_the_end_of_a_line() -> None:
    assert as_text([diagnostic(Span("a.ttl", 3, 1, 3, 2))], LOCATOR).endswith("3 | \n  | ^\n")


def test_nothing_is_colored_unless_asked() -> None:
    found = [diagnostic(Span("a.ttl", 1, 1, 1, 5))]
    assert "\x1b" not in as_text(found, LOCATOR)
    assert "\x1b" in as_text(found, LOCATOR, color=True)


def test_an_ontology_cannot_move_the_cursor() -> None:
    found = Diagnostic(code="a-code", severity=Severity.INFO, message="evil \x1b[2J \r")
    assert as_text([found], LOCATOR) == "info[a-code]: evil \ufffd[2J \ufffd\n"


def test_diagnostics_are_in_the_order_of_the_documents() -> None:
    spans = [Span("b.ttl", 1, 1, 1, 2), Span("a.ttl", 2, 1, 2, 2), Span("a.ttl", 1, 9, 1, 10)]
    shown = json.loads(as_json([diagnostic(span) for span in (*spans, None)], LOCATOR))
    found = [
        each["span"] and (each["span"]["file"], each["span"]["line"])
        for each in shown["diagnostics"]
    ]
    assert found == [None, ("a.ttl", 1), ("a.ttl", 2), ("b.ttl", 1)]


def test_summary() -> None:
    warning = Diagnostic(code="a", severity=Severity.WARNING, message="")
    assert summary([diagnostic(None), warning, diagnostic(None)]) == "2 errors, 1 warning"
    assert summary([]) == ""
