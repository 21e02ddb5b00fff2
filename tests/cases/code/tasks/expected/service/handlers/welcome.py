from __future__ import annotations

import logging

from ..core.tasks.running import Run
from ..tasks.welcome import WelcomeParameters

logger = logging.getLogger(__name__)


async def welcome(run: Run, parameters: WelcomeParameters) -> None:
    """Greets a user."""
    logger.warning("%s is declared, but nothing is written in %s yet", run.task, __name__)
