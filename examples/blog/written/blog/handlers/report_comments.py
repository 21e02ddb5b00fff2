from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_

from ..core.tasks.running import Run
from ..models.comment import Comment
from ..models.post import Post
from ..models.user import User
from ..reports import ReportSettings, replacing
from ..tasks.report_comments import ReportCommentsParameters

Lines = Sequence[Row[dt.datetime, UUID, str, str, str]]

_AT_ONCE = 5000


def report_comments(run: Run, parameters: ReportCommentsParameters) -> dict[str, Any]:
    """Writes all comments into a file that spreadsheets read"""
    path = ReportSettings().directory / f"comments-{run.key}.csv"
    total, done, last = run.wait(_count(run)), 0, None
    with replacing(path) as file:
        writer = csv.writer(file)
        writer.writerow(["at", "article", "by", "comment"])
        while page := run.wait(_after(run, last)):
            for at, _, *texts in page:
                writer.writerow([at.isoformat(), *map(_harmless, texts)])
            last = page[-1].created_at, page[-1].id
            done += len(page)
            run.progress(done, total, "comments")
    return {"file": str(path), "comments": done}


async def _count(run: Run) -> int:
    async with run.session() as session:
        return await session.scalar(select(func.count()).select_from(Comment)) or 0


async def _after(run: Run, last: tuple[dt.datetime, UUID] | None) -> Lines:
    """The next ones, by an index: the last page takes no longer than the first, and no transaction stays open."""
    place = tuple_(Comment.created_at, Comment.id)
    page = (
        select(Comment.created_at, Comment.id, Post.title, User.username, Comment.body)
        .join_from(Comment, Post, Comment.post_id == Post.id)
        .join(User, Comment.user_id == User.id)
        .order_by(Comment.created_at, Comment.id)
        .limit(_AT_ONCE)
    )
    if last is not None:
        page = page.where(place > last)
    async with run.session() as session:
        return (await session.execute(page)).all()


def _harmless(text: str) -> str:
    """Spreadsheets would calculate what begins so."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
