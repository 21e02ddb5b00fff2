from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext


def status(text: str) -> AbstractContextManager[object]:
    """Tells on a terminal what is being done while it is; nothing in a pipe."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)
