from __future__ import annotations

import logging

from ..core.tasks.running import Run
from ..tasks.clean_up import CleanUpParameters

logger = logging.getLogger(__name__)


async def clean_up(run: Run, parameters: CleanUpParameters) -> None:
    logger.warning("%s is declared, but nothing is written in %s yet", run.task, __name__)
