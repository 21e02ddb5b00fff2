"""Rows of `journal.ttl`: the same for the same size, made by PostgreSQL itself."""

from __future__ import annotations

import asyncpg

POSTS = 10

_USERS = """
    INSERT INTO users (id, email, username, bio, is_active, reputation, balance, created_at)
    SELECT md5('user ' || i)::uuid, 'user' || i || '@example.org', 'user_' || i,
        CASE WHEN i % 7 > 0 THEN 'Writes of "things" and others, lives near Zürich, number ' || i END,
        i % 10 > 0, i * 7919 % 10000, (i * 7919 % 100000) / 100.0,
        timestamptz '2024-01-01 00:00Z' + i * interval '61.25 seconds'
    FROM generate_series($1::bigint, $2::bigint) AS i
"""
_POSTS = """
    INSERT INTO posts (id, title, body, status, views, published_on, created_at, user_id)
    SELECT md5('post ' || i || ' ' || j)::uuid, 'Post ' || j || ' of ' || i,
        repeat('Lorem ipsum dolor sit amet. ', 4) || E'\\n“The end” of ' || j,
        (ARRAY['draft', 'published', 'archived'])[1 + j % 3], (i * 7919 + j) % 100,
        CASE WHEN j % 3 = 1 THEN date '2024-01-01' + j::integer END,
        timestamptz '2024-01-01 00:00Z' + i * interval '61.25 seconds' + j * interval '90 minutes',
        md5('user ' || i)::uuid
    FROM generate_series($1::bigint, $2::bigint) AS i, generate_series(1, $3::bigint) AS j
"""
_BATCH = 10_000


async def fill(url: str, users: int, posts: int = POSTS) -> None:
    """Into empty tables; `posts` are those of each user."""
    connection = await asyncpg.connect(url)
    try:
        for first in range(1, users + 1, _BATCH):
            last = min(users, first + _BATCH - 1)
            await connection.execute(_USERS, first, last)
            await connection.execute(_POSTS, first, last, posts)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
