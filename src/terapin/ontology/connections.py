"""Connection strings of data sources. No message shows one: there may be a password in it."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from terapin.diagnostics.masking import masked
from terapin.model import SourceKind

from .statements import SourceStatement, value_of

PLACEHOLDER = "..."
_SCHEMES = {
    SourceKind.POSTGRESQL: ("postgresql", "postgres", "postgresql+asyncpg"),
    SourceKind.MONGODB: ("mongodb", "mongodb+srv"),
    SourceKind.REDIS: ("redis", "rediss", "valkey", "valkeys"),
}
_URL = re.compile(
    r"(?P<server>[a-z+]+://(?:[^/?#@\s]*@)?(?P<hosts>[^/?#@\s]*))"
    r"(?:/(?P<database>[^/?#@\s]*))?(?P<query>\?[^#@\s]*)?\Z"
)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\[\]:]*)(?::(?P<port>[0-9]{1,5}))?\Z")
_NOT_IN_MONGODB = re.compile(r'[/\\. "$*<>:|?]')
_DATABASE_BYTES = 63


def has_password(url: str) -> bool:
    return masked(url) != url


def objection(kind: SourceKind, url: str) -> str | None:
    """Why a source of that kind is not found by it, to be said of it; None if it is."""
    scheme = url.partition("://")[0]
    if scheme not in _SCHEMES[kind]:
        return "does not begin with " + " or ".join(f"{each}://" for each in _SCHEMES[kind])
    if PLACEHOLDER in url:
        return None
    match = _URL.match(url) if url.isprintable() else None
    if match is None:
        return "is not a URL"
    hosts = match["hosts"].split(",")
    if not all(map(_is_host, hosts)):
        return "has a host that is none"
    if len(hosts) > 1 and kind is not SourceKind.MONGODB:
        return "has several hosts"
    if not match["hosts"] and kind is SourceKind.MONGODB:
        return "has no host"
    reason = database_objection(kind, unquote(match["database"])) if match["database"] else None
    return f"has a database whose name {reason}" if reason else None


def _is_host(host: str) -> bool:
    match = _HOST.match(host)
    return match is not None and int(match["port"] or 0) < 2**16


def database_objection(kind: SourceKind, name: str) -> str | None:
    """Why a database of that kind is not called so, to be said of the name."""
    if kind is SourceKind.REDIS and not (name.isascii() and name.isdecimal()):
        return "is not a number"
    if not name.strip():
        return "is empty"
    if not name.isprintable() or (kind is SourceKind.MONGODB and _NOT_IN_MONGODB.search(name)):
        return "has a character that no name of a database has"
    if len(name.encode("utf-8", "surrogatepass")) > _DATABASE_BYTES:
        return f"has more than {_DATABASE_BYTES} bytes"
    return None


def default_url(source: SourceStatement) -> str | None:
    """With the name of the database; None where a part is left open."""
    match = _parts(source)
    if match is None:
        return None
    database = match["database"] or quote(value_of(source.database) or "", safe="")
    if source.is_of(SourceKind.MONGODB) or not database:
        return match[0]
    return f"{match['server']}/{database}{match['query'] or ''}"


def default_database(source: SourceStatement) -> str | None:
    match = _parts(source)
    stated = value_of(source.database)
    return stated or (unquote(match["database"] or "") or None if match else None)


def _parts(source: SourceStatement) -> re.Match[str] | None:
    url = value_of(source.url)
    return _URL.match(url) if url and PLACEHOLDER not in url else None
