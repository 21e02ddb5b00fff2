from __future__ import annotations

import asyncio
import builtins
import os
import signal
import time
from typing import Any

from sqlalchemy import exists, select

from terapin.runtime.core.tasks.running import Run

from ..models import Letter
from ..tasks.declared import FragileParameters, LetterParameters, NoParameters


async def fragile(run: Run, parameters: FragileParameters) -> int:
    if run.attempt <= parameters.failures:
        raise getattr(builtins, parameters.error)(f"attempt {run.attempt}")
    await _note(run, f"{parameters.body} at {run.attempt}")
    return run.attempt


def poison(run: Run, parameters: NoParameters) -> None:
    """Of its process, until somebody has written that there is an antidote."""
    run.wait(_note(run, "poison"))
    if not run.wait(_is_written(run, "antidote")):
        os.kill(os.getpid(), signal.SIGKILL)


def stuck(run: Run, parameters: LetterParameters) -> None:
    """It hangs at first."""
    if run.attempt == 1:
        time.sleep(parameters.seconds)
    run.wait(_note(run, parameters.body))


async def hasty(run: Run, parameters: LetterParameters) -> None:
    try:
        await asyncio.sleep(parameters.seconds)
    except asyncio.CancelledError:
        await _note(run, "interrupted")
        raise


async def tick(run: Run, parameters: NoParameters) -> None:
    await _note(run, "tick")


async def succeeded(run: Run, result: Any) -> None:
    await _note(run, f"succeeded {run.task} {result}")


async def retried(run: Run, error: Exception) -> None:
    await _note(run, f"retried {run.task} {error}")


def failed(run: Run, error: Exception) -> None:
    run.wait(_note(run, f"failed {run.task} {error}"))


async def _is_written(run: Run, body: str) -> bool:
    async with run.session() as session:
        return bool(await session.scalar(select(exists().where(Letter.body == body))))


async def _note(run: Run, body: str) -> None:
    async with run.session() as session:
        session.add(Letter(body=body))
