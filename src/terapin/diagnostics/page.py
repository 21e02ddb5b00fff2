"""The reference page of the diagnostics: `python -m terapin.diagnostics.page` prints it."""

from __future__ import annotations

from .registry import rules
from .rule import Rule

_HEAD = """\
# Diagnostics

Made from the rules in `src/terapin/diagnostics/rules` by `python -m terapin.diagnostics.page`.
`terapin explain CODE` shows an entry on the terminal. An error keeps the service from being generated; a
warning and an info do not.
"""


def page() -> str:
    return "\n".join([_HEAD, *map(_entry, rules().values())])


def _entry(rule: Rule) -> str:
    lines = [f"## {rule.code}", "", f"*{rule.severity}*: {rule.summary}", "", rule.explanation, ""]
    if rule.before:
        lines += ["Generated last:", "", "```turtle", rule.before.rstrip(), "```", ""]
    if rule.example:
        lines += ["Reported:", "", "```turtle", rule.example.rstrip(), "```", ""]
        lines += ["Mended:", "", "```turtle", rule.mended.rstrip(), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(), end="")
