"""What can be said of those who issue tokens."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

SECRET_ALGORITHM = "HS256"  # noqa: S105 a name
KEY_ALGORITHMS = ("RS256", "ES256")
ALGORITHMS = (SECRET_ALGORITHM, *KEY_ALGORITHMS)


def is_safe(url: str) -> bool:
    """Whether nobody between a service and there can give it other keys. The service asks the same of its setting."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname
    if not host or parts.username is not None or parts.fragment or not url.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
