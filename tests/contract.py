"""Schemathesis, which holds a running service to its OpenAPI document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
EXAMPLES = 200 if DEEP else 5

# 400 answers a cursor or an ETag that no page or row gave, 412 an ETag of another version: valid by the
# document, and not to be had by chance.
# NUL cannot be stored, which the schema of any JSON cannot say.
CONFIG = """
[generation]
allow-x00 = false
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 404, 409, 412]
[checks.negative_data_rejection]
expected-statuses = [400, 404, 405, 409, 412, 413, 415, 422]
"""


def assert_keeps_contract(
    document: Any,
    url: str,
    directory: Path,
    config: str = "",
    *,
    token: str | None = None,
    checks: str | None = None,
) -> None:
    """`config` is more of Schemathesis' configuration, in TOML; `checks` are all that it does not switch off."""
    schema, settings = directory / "openapi.json", directory / "schemathesis.toml"
    schema.write_text(json.dumps(_examined(document)))
    given = f'headers = {{ Authorization = "Bearer {token}" }}\n' if token else ""
    settings.write_text(given + CONFIG + config)
    program = Path(sys.executable).with_name("schemathesis")
    command = (
        f"{program} --config-file {settings} run {schema} --url {url} --no-color --warnings off"
    )
    chosen = [] if checks is None else [f"--checks={checks}"]
    run = subprocess.run(
        [*command.split(), *chosen, f"--max-examples={EXAMPLES}", "--seed=1"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def _examined(document: Any) -> Any:
    """Without `Idempotency-Key`: a key that was used belongs to one body, and examples use it for another."""
    if isinstance(document, list):
        return [_examined(each) for each in document if not _is_idempotency_key(each)]
    if isinstance(document, dict):
        return {name: _examined(each) for name, each in document.items()}
    return document


def _is_idempotency_key(parameter: Any) -> bool:
    return bool(parameter == {"$ref": "#/components/parameters/idempotency-key"})
