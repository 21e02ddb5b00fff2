from __future__ import annotations

from terapin.runtime.core.tasks.application import celery_app
from terapin.runtime.core.tasks.declared import Tasks

from .declared import (
    count,
    deliver,
    fragile,
    greet,
    hasty,
    lasting,
    poison,
    report,
    stamp,
    stuck,
    tick,
    urgent,
)

tasks = Tasks(
    "tests.runtime.mailroom",
    (
        count,
        deliver,
        fragile,
        greet,
        hasty,
        lasting,
        poison,
        report,
        stamp,
        stuck,
        tick,
        urgent,
    ),
)
app = celery_app(tasks)
