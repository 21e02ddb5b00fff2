from __future__ import annotations

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncSession

from terapin.runtime.core.tasks.running import Run

from ..models import Letter
from ..tasks.declared import GreetParameters, LetterParameters


async def deliver(run: Run, parameters: LetterParameters) -> None:
    async def write(session: AsyncSession) -> None:
        session.add(Letter(body=parameters.body))

    await asyncio.sleep(parameters.seconds)
    await run.once("write", write)


def stamp(run: Run, parameters: LetterParameters) -> dict[str, str]:
    """A plain one."""
    time.sleep(parameters.seconds)
    run.wait(_write(run, parameters.body))
    return {"stamped": parameters.body}


lasting = stamp
urgent = deliver


async def greet(run: Run, parameters: GreetParameters) -> None:
    await _write(run, f"letter {parameters.letter_id} has come")


async def _write(run: Run, body: str) -> None:
    async with run.session() as session:
        session.add(Letter(body=body))
