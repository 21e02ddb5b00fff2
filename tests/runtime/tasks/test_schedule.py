"""Beat, as a process."""

from __future__ import annotations

import asyncio
import time

from .office import Office, deep, eventually


async def _ticks(office: Office) -> int:
    [row] = await office.rows("SELECT count(*) AS number FROM task_runs WHERE name = 'tick'")
    return int(row["number"])


async def test_two_beats_send_each_moment_once(desk: Office) -> None:
    with desk.worker(command="beat"), desk.worker(command="beat"):

        async def begun() -> bool:
            return await _ticks(desk) > 0

        assert await eventually(begun), desk.log()
        await asyncio.sleep(2)
        before, begun_at = await _ticks(desk), time.monotonic()
        await asyncio.sleep(5)
        made, passed = await _ticks(desk) - before, time.monotonic() - begun_at
        assert passed - 1.2 < made < passed + 1.2, desk.log()


@deep
async def test_what_was_missed_is_made_up_for_once(desk: Office) -> None:
    with desk.worker(command="beat"):

        async def begun() -> bool:
            return await _ticks(desk) == 1

        assert await eventually(begun), desk.log()
    await asyncio.sleep(3)
    before = await _ticks(desk)
    with desk.worker(command="beat"):

        async def again() -> bool:
            return await _ticks(desk) > before

        assert await eventually(again), desk.log()
        # The next moment may have come already, but not those between.
        assert await _ticks(desk) <= before + 2
