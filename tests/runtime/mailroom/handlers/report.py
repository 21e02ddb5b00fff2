from __future__ import annotations

import asyncio
from typing import Any

from terapin.runtime.core.tasks.running import Run

from ..tasks.declared import ReportParameters


async def report(run: Run, parameters: ReportParameters) -> dict[str, Any]:
    for row in range(parameters.rows):
        run.progress(row + 1, parameters.rows, "counting")
        await asyncio.sleep(0.1)
    return {"rows": parameters.rows, "on": parameters.on}
