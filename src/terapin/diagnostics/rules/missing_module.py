from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic, Severity, Span
from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="missing-module",
    severity=Severity.WARNING,
    summary="a file of the project imports a module that is not there",
    explanation="""\
A file that you delete stays deleted, and a file whose entity is renamed or gone moves or goes with it. Whatever
still imports it no longer starts. `terapin generate` names each such import when it leaves one behind; it does
not rewrite what is yours. A file that you deleted is written again with `terapin generate --restore`.""",
    example="",
    mended="",
)


def missing_module(where: Span, module: str, *, deleted: bool, moved_to: str | None) -> Diagnostic:
    """`deleted` by the user, else by the ontology; `moved_to` is the module that took its place."""
    if moved_to:
        help = f"import {moved_to} instead: it was renamed"
    elif deleted:
        help = "remove the import, or write the module again: terapin generate --restore"
    else:
        help = "remove the import: the ontology no longer has what the module was about"
    return RULE.at(where, f"there is no module {module}", help=help)
