"""Rows of every type are written and read the same where a condition that all of them meet is asked about them."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import literal

from terapin.runtime.core.security.policy import Asking, Condition, Policy

from ..blog.endpoints import resources
from ..blog.settings import Settings
from ..compiled.rows import fill
from ..harness import Json, serving
from ..security.guarded import guarded, security

Model = TypeVar("Model")

CONTACT = {
    "site": "https://example.org/",
    "phone": "+41446681800",
    "country": "CH",
    "address": "::1",
    "color": "#ff0000",
    "zone": "Europe/Zurich",
}


class Met(Policy[Model]):
    def read(self, subject: Asking) -> Condition:
        return literal(1) == literal(1)

    create = update = delete = read


async def test_rows_of_every_type(settings: Settings) -> None:
    answers: dict[bool, list[Json]] = {True: [], False: []}
    for resource in resources:
        policy: type[Policy[Any]] = type(f"Met{resource.title}", (Met,), {"model": resource.model})
        resource.service.guard = policy.guarding(resource)
    try:
        for fast_path in answers:
            async with guarded(settings, security(), fast_path=fast_path) as asked:
                if fast_path:
                    await fill(asked)
                    await asked.post("/contacts", **CONTACT)
                for resource in resources:
                    page = await asked.get(f"/{resource.name}", limit=200, total=True)
                    assert page["items"]
                    answers[fast_path].append(page)
    finally:
        for resource in resources:
            del resource.service.guard
    async with serving(settings) as plain:
        unasked = [await plain.get(f"/{each.name}", limit=200, total=True) for each in resources]
    assert answers[True] == answers[False] == unasked
