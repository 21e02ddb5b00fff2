"""What is asked: the same of each server, and answered alike."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .load import request

USERS = 10_000
DOCUMENT = """\
query Users {
  users(limit: 50) {
    id
    username
    email
    createdAt
    posts(limit: 10) { id title views createdAt }
  }
}"""


@dataclass(frozen=True)
class Workload:
    """`goals` are for the generated service, with everything around a request and without: times the reference."""

    name: str
    title: str
    requests: Sequence[bytes]
    goals: tuple[float, float]
    writes: bool = False


def workloads(
    keys: Sequence[uuid.UUID], token: Callable[[uuid.UUID], str] | None = None
) -> Sequence[Workload]:
    """`keys` are of users; what is created belongs to the later half of them, which is on no page that is asked for.

    With tokens, posts are made by the users that they belong to, and all the rest is asked for by the first.
    """
    reader = token(keys[0]) if token else None
    query = {"query": DOCUMENT, "operationName": "Users"}
    post = {
        "title": "A post that is created",
        "body": "Lorem ipsum dolor sit amet. " * 4,
        "status": "published",
        "views": 7,
        "published_on": "2026-05-01",
    }
    some = keys[-1 :: -(len(keys) // 1000 or 1)]
    one = [request("GET", f"/users/{key}", token=reader) for key in some]
    # Of one user, each would wait for the row that all refer to.
    posts = [
        request("POST", "/posts", {**post, "user_id": str(key)}, token and token(key))
        for key in some[:500]
    ]
    users = [request("GET", "/users?include=posts", token=reader)]
    by_graphql = [request("POST", "/graphql", query, reader)]
    return [
        Workload("W1", "one user by id", one, (12, 15)),
        Workload("W2", "50 users, 10 posts each", users, (8, 9)),
        Workload("W3", "the same by GraphQL", by_graphql, (20, 25)),
        Workload("W4", "create a post", posts, (10, 12), writes=True),
    ]


@dataclass(frozen=True)
class Answer:
    status: int
    content: Any


def created(content: Any) -> Any:
    """Without what differs each time."""
    return {name: value for name, value in content.items() if name not in ("id", "created_at")}


def ask(port: int, content: bytes) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    connection.request(method, target, body or None, headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return Answer(response.status, comparable(json.loads(answer)) if answer else None)


def comparable(value: Any, name: str = "") -> Any:
    """Cursors are opaque, and moments may be spelt differently."""
    match value:
        case dict():
            return {each: comparable(inner, each) for each, inner in value.items()}
        case list():
            return [comparable(each) for each in value]
        case str() if name == "next_cursor":
            return "a cursor"
        case str() if name in ("created_at", "createdAt"):
            return dt.datetime.fromisoformat(value)
    return value


def differences(left: Any, right: Any, place: str = "") -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        for name in left:
            yield from differences(left[name], right[name], f"{place}/{name}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differences(one, other, f"{place}/{number}")
    elif left != right:
        yield f"{place or '/'}: {left!r} and {right!r}"
