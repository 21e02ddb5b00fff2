from __future__ import annotations

import os
from typing import TextIO


def colored(stream: TextIO) -> bool:
    """Whether what is written there may have colours: on a terminal, unless NO_COLOR says otherwise."""
    return stream.isatty() and not os.environ.get("NO_COLOR")
