"""LinkML in a virtual environment of its own, and the entities of `tests.synthetic` as its schema."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_ENVIRONMENT = _ROOT / ".build" / "linkml"
_REQUIREMENTS = _ROOT / "benchmarks" / "requirements-linkml.txt"

# Without metadata, which takes the pydantic generator half of its time.
GENERATORS = {
    "LinkML pydantic": ("gen-pydantic", "--meta", "None", "--no-metadata"),
    "LinkML SQLAlchemy": ("gen-sqla", "--no-metadata"),
}

_HEAD = """\
id: http://example.org/synthetic
name: synthetic
prefixes:
  linkml: https://w3id.org/linkml/
  ex: http://example.org/synthetic#
default_prefix: ex
default_range: string
imports:
  - linkml:types
types:
  UUID: {base: str, uri: "xsd:string"}
  JSON: {base: str, uri: "xsd:string"}
"""

_ENUM = """\
  State{i}:
    permissible_values: {{new: {{}}, done: {{}}}}
"""

# A relationship is stated where its foreign key is: stated at the other end, it becomes a join table.
_CLASS = """\
  Thing{i}:
    unique_keys:
      code: {{unique_key_slots: [code]}}
    attributes:
      id: {{range: UUID, identifier: true}}
      name: {{required: true, pattern: "^.{{0,80}}$"}}
      code: {{required: true, pattern: "^.{{0,255}}$"}}
      amount: {{range: decimal, required: true}}
      state: {{range: State{i}, ifabsent: "State{i}(new)"}}
      made_on: {{range: date}}
      is_open: {{range: boolean, ifabsent: "true"}}
      data: {{range: JSON}}
      parent: {{range: Thing{before}, inlined: false}}
      other: {{range: Thing{other}, inlined: false}}
"""


def schema(entities: int) -> str:
    enums = (_ENUM.format(i=i) for i in range(entities))
    classes = (
        _CLASS.format(i=i, before=(i - 1) % entities, other=(i * 7 + 3) % entities)
        for i in range(entities)
    )
    return "".join([_HEAD, "enums:\n", *enums, "classes:\n", *classes])


def installed() -> Path | None:
    """The directory of its commands; None, after saying so, if it cannot be installed."""
    commands = _ENVIRONMENT / "bin"
    done = _ENVIRONMENT / "requirements.txt"
    wanted = _REQUIREMENTS.read_bytes()
    if done.exists() and done.read_bytes() == wanted:
        return commands
    print("installing LinkML", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", _ENVIRONMENT], check=True)
    pip = [str(commands / "pip"), "install", "-qq", "--disable-pip-version-check", "--retries=1"]
    hashed = [*pip, "--require-hashes", "-r", str(_REQUIREMENTS)]
    if subprocess.run(hashed, check=False).returncode:
        print("LinkML is left out: it cannot be installed", file=sys.stderr)
        return None
    done.write_bytes(wanted)
    return commands
