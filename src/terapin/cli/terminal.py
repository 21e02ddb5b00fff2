from __future__ import annotations

import os
import shutil
from typing import TextIO


def colored(stream: TextIO) -> bool:
    """Whether what is written there may have colours: on a terminal, unless NO_COLOR says otherwise."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def columns(stream: TextIO) -> int | None:
    """How wide it is, if it is a terminal."""
    return shutil.get_terminal_size().columns if stream.isatty() else None
