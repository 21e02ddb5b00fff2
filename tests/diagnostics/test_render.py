from __future__ import annotations

import json
from dataclasses import replace

from terapin.diagnostics import Diagnostic, Label, Severity, Span
from terapin.diagnostics.render import Locator, as_github, as_json, as_sarif, as_text, summary

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
        '2 |     ex:d "日本" .\n'
        "  |          ------ the other one\n"
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


def test_a_long_line_is_cut_around_the_span_on_a_narrow_terminal() -> None:
    line = "ex:a " * 10 + '"日本" ' + "ex:b " * 30
    locator = Locator(LOCATOR.locate, lambda _, number: line)
    shown = as_text([diagnostic(Span("a.ttl", 1, 51, 1, 55))], locator, width=40)
    assert shown.splitlines()[3:] == [
        '1 | … ex:a ex:a "日本" ex:b ex:b ex:b e…',
        "  |             ^^^^^^",
    ]


def test_what_is_said_is_wrapped_on_a_terminal_but_not_in_a_pipe() -> None:
    found = diagnostic(Span("a.ttl", 1, 1, 1, 5), help="add `rel:field` or declare a field")
    assert "  = help: add `rel:field` or declare a field\n" in as_text([found], LOCATOR)
    assert "  = help: add `rel:field` or\n          declare a field\n" in as_text(
        [found], LOCATOR, width=30
    )


def test_what_is_to_be_copied_is_not_broken() -> None:
    found = diagnostic(Span("a.ttl", 1, 1, 1, 5), help="please add `ex:a ex:b 1 .`")
    assert "  = help: please add\n          `ex:a ex:b 1 .`\n" in as_text(
        [found], LOCATOR, width=30
    )


def test_sarif() -> None:
    found = Diagnostic(
        code="endpoint-path",
        severity=Severity.WARNING,
        message="no path {id}",
        where=Span("a b.ttl", 2, 7, 2, 11),
        labels=(Label(Span("a b.ttl", 1, 1, 1, 5), "the other one"),),
        help="mend it",
    )
    (run,) = json.loads(as_sarif([found], LOCATOR))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "endpoint-path"
    assert rule["fullDescription"]["text"]
    artifact = {"uri": "a%20b.ttl"}
    region = {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 11}
    other = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 5}
    assert run["results"] == [
        {
            "ruleId": "endpoint-path",
            "ruleIndex": 0,
            "level": "warning",
            "message": {"text": "no path {{id}}\nhelp: mend it"},
            "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
            "relatedLocations": [
                {
                    "physicalLocation": {"artifactLocation": artifact, "region": other},
                    "message": {"text": "the other one"},
                }
            ],
        }
    ]


def test_sarif_of_a_file_elsewhere() -> None:
    found = diagnostic(Span("/tmp/a.ttl", 1, 1, 1, 5))
    shown = as_sarif([replace(found, code="syntax-error")], LOCATOR)
    assert '"uri": "file:///tmp/a.ttl"' in shown


def test_github() -> None:
    found = diagnostic(Span("a,b:c.ttl", 1, 6, 1, 10), help="100%\nsure")
    assert as_github([found], LOCATOR) == (
        "::error file=a%2Cb%3Ac.ttl,line=1,endLine=1,col=6,endColumn=10,title=terapin a-code"
        "::it is wrong%0Ahelp: 100%25%0Asure\n"
    )


def test_github_takes_no_columns_of_several_lines_and_no_place_of_none() -> None:
    several = as_github([diagnostic(Span("a.ttl", 1, 6, 2, 3))], LOCATOR)
    assert several.startswith("::error file=a.ttl,line=1,endLine=2,title=")
    assert as_github([diagnostic(None)], LOCATOR).startswith("::error title=terapin a-code::")
