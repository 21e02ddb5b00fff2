"""The real Tera 1.20, in a process of its own: a panic in it ends the process.

Run as a module it is that process: a case a line comes in, a result a line goes out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytera

from terapin.tera import Environment, TemplateError


@dataclass(frozen=True)
class Case:
    """Templates, of which the last one is rendered."""

    templates: dict[str, str]
    context: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return list(self.templates)[-1]


@dataclass(frozen=True)
class Result:
    output: str | None
    error: str = ""


def ours(case: Case) -> Result:
    try:
        return Result(Environment(case.templates).render(case.name, case.context))
    except TemplateError as error:
        return Result(None, str(error))


class Oracle:
    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def __call__(self, case: Case) -> Result:
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([case.templates, case.context]) + "\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            self.close()
            return Result(None, "panic")
        return Result(*json.loads(answer))

    def close(self) -> None:
        if self.process is not None:
            self.process.communicate()
            self.process = None


def theirs(templates: Mapping[str, str], context: Mapping[str, object]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in templates.items():
            Path(folder, name).write_text(text, newline="")
        try:
            engine = pytera.PyTera(f"{folder}/*")
            return Result(engine.render_template(list(templates)[-1], **context))
        except Exception as error:
            return Result(None, str(error))


if __name__ == "__main__":
    for line in sys.stdin:
        result = theirs(*json.loads(line))
        print(json.dumps([result.output, result.error]), flush=True)
