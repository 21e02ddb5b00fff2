from __future__ import annotations

import asyncio
import datetime as dt

from ..core.tasks.running import Run
from ..models.activity import Activity
from ..reports import ReportSettings, remove_old
from ..sources import activity_store
from ..tasks.clean_up import CleanUpParameters

_AT_ONCE = 1000


async def clean_up(run: Run, parameters: CleanUpParameters) -> dict[str, int]:
    """Forgets what people did long ago, and removes reports that nobody wants any more"""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=parameters.days)
    activities = 0
    while number := await _forget(before):
        activities += number
        run.progress(activities, note="activities")
    reports = await asyncio.to_thread(remove_old, ReportSettings())
    return {"activities": activities, "reports": reports}


async def _forget(before: dt.datetime) -> int:
    """Some at a time, so that others are not kept waiting."""
    store = activity_store.current
    collection = store.database[Activity.__collection__]

    async def forget() -> int:
        old = collection.find((Activity.at < before).document, {"_id": True}).limit(_AT_ONCE)
        keys = [each["_id"] async for each in old]
        if keys:
            await collection.delete_many({"_id": {"$in": keys}})
        return len(keys)

    return await store.call(forget, idempotent=True)
