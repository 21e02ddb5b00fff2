"""The page on which people talk about an article. What it shows it asks the API for, in the name of whoever looks at it."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

_HERE = Path(__file__).parent
# Beside the package in a checkout, inside of it where it is installed.
_CLIENTS = [each / "clients" for each in (_HERE.parent, _HERE.parents[1])]

# Nothing but files of this service, and no text that becomes markup or a script.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "connect-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)

router = APIRouter(include_in_schema=False)


@router.get("/posts/{post_id}/room")
async def room(post_id: str) -> FileResponse:
    """The same page for every article, and for those that are not there."""
    return FileResponse(_HERE / "room.html", headers={"Content-Security-Policy": _POLICY})


@router.get("/static/realtime.js")
async def realtime() -> FileResponse:
    """The client that was generated."""
    found = next(each for each in _CLIENTS if each.is_dir())
    return FileResponse(found / "realtime.js")


def install(app: FastAPI) -> None:
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
