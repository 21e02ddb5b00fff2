from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from ..core.tasks.running import Run
from ..mail import MailSettings, deliver, letter
from ..tasks.send_email import SendEmailParameters


async def send_email(run: Run, parameters: SendEmailParameters) -> None:
    """Sends one e-mail, and none twice"""
    settings = MailSettings()
    message = letter(
        run.key, settings.sender, parameters.recipient, parameters.subject, parameters.body
    )
    is_sent = False

    async def send(_: AsyncSession) -> None:
        nonlocal is_sent
        # Another transaction, should the first one not get through, is not another e-mail.
        if not is_sent:
            await asyncio.to_thread(deliver, message, settings)
            is_sent = True

    await run.once("sent", send)
