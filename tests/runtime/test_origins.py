"""Pages from elsewhere: closed, but for those that are allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import ValidationError
from starlette.middleware.cors import CORSMiddleware

from terapin.runtime.core.application import spare
from terapin.runtime.core.middleware import Envelope

from .blog.main import create_app
from .blog.settings import Settings
from .harness import Api, serving

OWN = "https://app.example.org"
OTHER = "https://evil.example.org"
ALLOWED = "access-control-allow-origin"


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[Api]:
    async with serving(settings.model_copy(update={"allowed_origins": (OWN,)})) as api:
        yield api


def preflight(origin: str, method: str = "PATCH") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type, if-match, x-api-key",
    }


async def test_closed_unless_said(api: Api) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await api.client.request(method, "/tags", headers=preflight(OWN))
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_page_that_is_allowed(opened: Api) -> None:
    asked = await opened.client.options("/tags", headers=preflight(OWN))
    assert (asked.status_code, asked.headers[ALLOWED]) == (200, OWN)
    # Nothing is sent that the page does not send itself.
    assert "access-control-allow-credentials" not in asked.headers
    before = opened.app.state.shortcut.answered
    for path, status in {"/tags": 200, "/tags/x": 422, "/nowhere": 404}.items():
        answer = await opened.client.get(path, headers={"Origin": OWN})
        assert (answer.status_code, answer.headers[ALLOWED]) == (status, OWN), path
        assert answer.headers["vary"] == "Origin"
        assert "ETag" in answer.headers["access-control-expose-headers"]
    assert opened.app.state.shortcut.answered > before
    large = await opened.client.post(
        "/tags", headers={"Origin": OWN, "Content-Length": str(10**9)}, content=b""
    )
    assert (large.status_code, large.headers[ALLOWED]) == (413, OWN)


@pytest.mark.parametrize("origin", [OTHER, "null", f"{OWN}.evil.org", "http://app.example.org"])
async def test_a_page_that_is_not(opened: Api, origin: str) -> None:
    asked = await opened.client.options("/tags", headers=preflight(origin))
    assert asked.status_code == 400
    answer = await opened.client.get("/tags", headers={"Origin": origin})
    assert ALLOWED not in asked.headers.keys() | answer.headers.keys()


@pytest.mark.parametrize(
    ("origins", "outermost"), [((), Envelope), ((OWN,), CORSMiddleware), (("*",), CORSMiddleware)]
)
def test_what_nobody_needs_is_not_around_requests(
    origins: tuple[str, ...], outermost: type[object]
) -> None:
    app = create_app(Settings(allowed_origins=origins))
    app.middleware_stack = app.build_middleware_stack()
    spare(app)
    assert type(app.middleware_stack) is outermost


def test_they_are_read_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (f"{OWN},http://localhost:5173", f" {OWN} ,  http://localhost:5173"):
        monkeypatch.setenv("BLOG_ALLOWED_ORIGINS", text)
        assert Settings().allowed_origins == (OWN, "http://localhost:5173")
    monkeypatch.setenv("BLOG_ALLOWED_ORIGINS", "")
    assert Settings().allowed_origins == ()


@pytest.mark.parametrize(
    "origin", [f"{OWN}/", f"{OWN}/app", "app.example.org", "null", "https://*.example.org", "https://u@h"]
)  # fmt: skip
def test_what_is_no_origin(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("BLOG_ALLOWED_ORIGINS", origin)
    with pytest.raises(ValidationError, match="without a path, or"):
        Settings()
