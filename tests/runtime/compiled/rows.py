"""Rows of every type, with the values in which two ways to spell them would differ."""

from __future__ import annotations

from typing import Any

from ..harness import Api
from ..test_wire import VALUES

TEXTS = ["", "plain", 'quote " \\ and \t\b\x1f\x7f', "é\U0001f600\u2028", "100%_/", "a" * 300]
FLOATS = [1e22, 1e23, 9007199254740993.0, 2.8457756325962912e16, 123456789012345.6, 1.5e-7]
TREES: list[Any] = [1e16, -0.0, [1.0, 1e-7, None, {"é\x7f\x1f": "\u2028"}], {"bb": 1, "a": 2.50}]


async def fill(api: Api) -> None:
    """Users with none, one and many posts; comments that answer comments; specimens of every value."""
    users = [await api.user() for _ in range(6)]
    tags = [await api.post("/tags", name=text or "none") for text in TEXTS[:4]]
    for number, user in enumerate(users):
        for each in range(number * 2):
            text = TEXTS[each % len(TEXTS)]
            post = await api.article(
                user,
                title=f"{each} {text}"[:200],
                body=text,
                price=f"{each}.{each:02}",
                published_on=None if each % 3 else f"2026-01-{each + 1:02}",
                meta=TREES[each % len(TREES)] if each % 2 else None,
            )
            for tag in tags[: each % 4]:
                await api.client.put(f"/posts/{post['id']}/tags/{tag['id']}")
            parent = None
            for _ in range(each % 3):
                said = {"body": text or "…", "post_id": post["id"], "user_id": user["id"]}
                comment = await api.post("/comments", **said, parent_id=parent)
                parent = comment["id"]
    await api.post("/profiles", display_name="One", bio=TEXTS[2], user_id=users[0]["id"])
    named = [(name, value) for name, values in VALUES.items() for value in values]
    for name, value in [*named, *(("ratio", each) for each in FLOATS)]:
        await api.post("/specimens", **{"tree": {}, name: value})
    for tree in TREES:
        await api.post("/specimens", tree=tree)
