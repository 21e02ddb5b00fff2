from __future__ import annotations

import logging

from ..core.tasks.running import Run
from ..tasks.send_email import SendEmailParameters

logger = logging.getLogger(__name__)


async def send_email(run: Run, parameters: SendEmailParameters) -> None:
    logger.warning("%s is declared, but nothing is written in %s yet", run.task, __name__)
