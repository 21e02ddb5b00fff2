from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import NotWritten


async def declared_(session: AsyncSession, *, tags: Any, mail: str) -> None:
    raise NotWritten("declared_")
