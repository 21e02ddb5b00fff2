"""A password in a URL is not shown, wherever the text comes from."""

from __future__ import annotations

import re

_USER = re.compile(r"(?P<before>://[^/?#:\s]*:)(?P<secret>[^/?#\s]+)(?=@)")
_PARAMETER = re.compile(r"(?P<before>[?&](?P<name>[^=&\s]{1,60})=)(?P<secret>[^&#\s\"'<>]+)")
_SECRET_NAME = re.compile(r"pwd|pass|.*(password|passwd|secret|token).*", re.IGNORECASE)
_LEFT_OUT = "..."


def masked(text: str) -> str:
    """Every character of a password is an asterisk, so that places stay where they are."""
    if "://" not in text:
        return text
    return _PARAMETER.sub(_masked_parameter, _USER.sub(_masked, text))


def _masked_parameter(match: re.Match[str]) -> str:
    return _masked(match) if _SECRET_NAME.fullmatch(match["name"]) else match[0]


def _masked(match: re.Match[str]) -> str:
    secret = match["secret"]
    return match["before"] + (secret if secret == _LEFT_OUT else "*" * len(secret))
