"""What core resolves of generated types means what Strawberry itself would make of it."""

from __future__ import annotations

import subprocess
import sys

from tests.runtime.blog.graphql import schema

BY_STRAWBERRY = """
from terapin.runtime.core.graphql import types
types.resolved = lambda cls: cls
from tests.runtime.blog.graphql import schema
print(schema.as_str())
"""


def test_the_schema_is_the_one_of_strawberry() -> None:
    made = subprocess.run(
        [sys.executable, "-c", BY_STRAWBERRY], capture_output=True, text=True, check=True
    )
    assert schema.as_str() == made.stdout.rstrip("\n")
