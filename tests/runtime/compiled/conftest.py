from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from ..blog.settings import Settings
from ..harness import Api, serving
from .rows import fill


@dataclass(frozen=True)
class Pair:
    """The same database behind both paths."""

    fast: Api
    ordinary: Api

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.both("GET", path, headers=headers)

    async def both(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer of one, which is that of the other."""
        fast = await self.fast.client.request(method, path, **options)
        ordinary = await self.ordinary.client.request(method, path, **options)
        assert (fast.status_code, headers(fast)) == (ordinary.status_code, headers(ordinary)), path
        assert fast.content == ordinary.content, path
        return fast

    def answered(self) -> int:
        """How many requests did not take the ordinary path."""
        return int(self.fast.app.state.shortcut.answered)


def headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "x-request-id"}


@pytest.fixture
async def pair(settings: Settings) -> AsyncIterator[Pair]:
    plain = settings.model_copy(update={"fast_path": False})
    async with serving(settings) as fast, serving(plain) as ordinary:
        await fill(ordinary)
        yield Pair(fast, ordinary)
