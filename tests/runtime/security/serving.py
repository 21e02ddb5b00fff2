"""The guarded blog as a program: `tokens …` is its command, and without arguments it serves on a port that it tells."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx
import uvicorn

from terapin.runtime.core.cli import service_cli

from .guarded import GuardedSettings, guarded_blog


def serve() -> None:
    config = uvicorn.Config(
        guarded_blog(GuardedSettings()), port=0, log_config=None, access_log=False
    )
    listening = config.bind_socket()
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


@asynccontextmanager
async def served(
    command: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    """A process of it, and a client of that."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        port = int(await asyncio.wait_for(process.stdout.readline(), 60))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    if sys.argv[1:]:
        service_cli("tests.runtime.security.desk")()
    serve()
