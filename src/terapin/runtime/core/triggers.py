"""What is to be done in the transaction in which a service changes a row, because somebody has said so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

Change = Literal["create", "update", "delete"]
# Gets the session and the key of the row.
Trigger = Callable[[AsyncSession, Any], Awaitable[object]]

_triggers: dict[tuple[type[Any], Change], dict[str, Trigger]] = {}


def on_change(model: type[Any], change: Change, name: str, trigger: Trigger) -> None:
    """One of the same name takes the place of the one before."""
    _triggers.setdefault((model, change), {})[name] = trigger


def has_triggers(model: type[Any]) -> bool:
    return any(of is model for of, _ in _triggers)


async def fire(session: AsyncSession, model: type[Any], change: Change, key: Any) -> None:
    for trigger in _triggers.get((model, change), {}).values():
        await trigger(session, key)
