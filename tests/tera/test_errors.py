"""What a user sees of an error: cases/errors/*.txt hold templates, a context and the message.

TERAPIN_UPDATE=1 writes the messages anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from terapin.tera import Environment, TemplateError

CASES = sorted((Path(__file__).parent / "cases" / "errors").glob("*.txt"))
UPDATE = os.environ.get("TERAPIN_UPDATE") == "1"
MARK = "=== "


def sections(text: str) -> dict[str, str]:
    parts = text.removeprefix(MARK).split(f"\n{MARK}")
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


def error_of(templates: dict[str, str], context: dict[str, object]) -> str:
    with pytest.raises(TemplateError) as raised:
        Environment(templates).render(next(iter(templates)), context)
    return str(raised.value)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_error(path: Path) -> None:
    templates = sections(path.read_text())
    expected = templates.pop("error", "").removesuffix("\n")
    context = json.loads(templates.pop("context", "{}"))
    error = error_of(templates, context)
    if UPDATE and error != expected:
        kept = path.read_text().split(f"\n{MARK}error")[0].rstrip("\n")
        path.write_text(f"{kept}\n{MARK}error\n{error}\n")
        pytest.fail("the message was written anew: read it")
    assert error == expected
