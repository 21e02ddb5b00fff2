from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from terapin.runtime.core.security.settings import SecuritySettings
from terapin.runtime.core.settings import MissingUrlError

from ..blog.settings import Settings
from .guarded import GuardedSettings, guarded_blog, security
from .issuer import AUDIENCE, ISSUER

_SECRET = "x" * 32


def told(**settings: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        SecuritySettings(**{"issuer": ISSUER, "audience": AUDIENCE, **settings})
    [error] = caught.value.errors(include_input=False)
    assert _SECRET[:8] not in error["msg"]
    return error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"secret": _SECRET[:31]}, "must have at least 32 bytes"),
        ({"secret": f"-----BEGIN PUBLIC KEY-----\n{_SECRET}"}, "must be no public or private key, but random"),
        ({"jwks": "http://issuer.example.org/keys"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "http://localhost.example.org/keys"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "http://127.0.0.1@example.org/"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "https://user:password@example.org/"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "file:///etc/keys.json"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "https://[/"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "https:///keys"}, "must be an https:// URL, or one of this machine"),
        ({"jwks": "https://example.org:x/"}, "must be an https:// URL, or one of this machine"),
        (
            {"jwks": "https://example.org/", "algorithms": ("HS256", "RS256")},
            "algorithms has HS256, whose key is a secret and not in any jwks",
        ),
        ({"secret": _SECRET, "algorithms": ("RS256",)}, "algorithms has what needs public keys, but jwks is not set"),
        ({"algorithms": ("none",)}, "Input should be 'HS256', 'RS256' or 'ES256'"),
        ({"issuer": ""}, "String should have at least 1 character"),
    ],
)  # fmt: skip
def test_refuses(settings: Any, message: str) -> None:
    assert told(**settings) == message


@pytest.mark.parametrize(
    "url",
    ["https://issuer.example.org/keys", "http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/"],
)  # fmt: skip
def test_takes_what_nobody_can_change_on_its_way(url: str) -> None:
    assert security(jwks=url).allowed == ("RS256", "ES256")


def test_a_secret_is_of_one_algorithm() -> None:
    assert security().allowed == ("HS256",)


def test_a_secret_is_not_shown() -> None:
    assert "nobody knows" not in repr(security())


@pytest.mark.parametrize("secret", [None, ""])
async def test_does_not_start_without_keys(settings: Settings, secret: str | None) -> None:
    chosen = security(secret=secret)
    app = guarded_blog(GuardedSettings(**{**settings.model_dump(), "security": chosen}))
    with pytest.raises(MissingUrlError, match="BLOG_SECURITY_SECRET is not set"):
        async with app.router.lifespan_context(app):
            raise AssertionError


def test_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_SECURITY_SECRET", _SECRET)
    monkeypatch.setenv("BLOG_SECURITY_AUDIENCE", "other")
    monkeypatch.setenv("BLOG_SECURITY_ROLES_CLAIM", "realm_access.roles")
    found = GuardedSettings().security
    assert found.secret is not None
    assert (found.secret.get_secret_value(), found.issuer) == (_SECRET, ISSUER)
    assert (found.audience, found.roles_claim) == ("other", "realm_access.roles")
