"""Entity tags: the version of a row, compared as strong (RFC 9110)."""

from __future__ import annotations

import re

from fastapi import Request

from .errors import BadRequest, Fault, PreconditionFailed

_TAG = re.compile(r'\s*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def etag(version: int) -> str:
    return f'"{version}"'


def expected_versions(request: Request) -> frozenset[int] | None:
    """The versions of If-Match, or None where any will do."""
    header = _header(request, "if-match")
    if header is None or header == "*":
        return None
    tags = _parse(header, "If-Match")
    return frozenset(int(tag[1:-1]) for tag in tags if re.fullmatch(r'"\d{1,10}"', tag))


def check_version(version: int, expected: frozenset[int] | None) -> None:
    if expected is not None and version not in expected:
        raise PreconditionFailed


def not_modified(request: Request, current: str) -> bool:
    header = _header(request, "if-none-match")
    if header is None:
        return False
    if header == "*":
        return True
    return current in {tag.removeprefix("W/") for tag in _parse(header, "If-None-Match")}


def _header(request: Request, name: str) -> str | None:
    """A header that is given more than once is one list."""
    values = request.headers.getlist(name)
    return ", ".join(values).strip() if values else None


def _parse(header: str, name: str) -> list[str]:
    tags: list[str] = []
    position = 0
    while position < len(header) or not tags:
        match = _TAG.match(header, position)
        if match is None:
            fault = Fault(header=name, detail='must be "…", a list of these, or *')
            raise BadRequest("a header is malformed", faults=[fault])
        tags.append(match[1])
        position = match.end()
    return tags
