from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="unreadable-file",
    summary="a file cannot be read",
    explanation="""\
The file does not exist, must not be read, is a directory, or is not UTF-8, which Turtle always is.""",
    example="",
    mended="",
)
