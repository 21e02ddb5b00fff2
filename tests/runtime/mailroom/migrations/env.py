from __future__ import annotations

from tests.runtime.mailroom.models import Letter
from tests.runtime.mailroom.settings import Settings

from terapin.runtime.core.migrations import run

run(Letter.metadata, Settings())
