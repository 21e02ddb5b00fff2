from __future__ import annotations

from tests.runtime.blog import models
from tests.runtime.blog.settings import Settings

from terapin.runtime.core.migrations import run

run(models.Base.metadata, Settings())
